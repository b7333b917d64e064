"""A pen for cartoon figures: parts with hard or soft shade, pattern and outline, over skia."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skia

Color = tuple[float, float, float]


@dataclass
class Pen:
    """How one figure is drawn. Lengths are in figure units (head height 1).

    Attributes:
        canvas: where to draw.
        line: outline width, 0 for lineless figures.
        ink: outline colour, or None for a darker shade of each part's own.
        shade: "none", "cel" (one hard shadow) or "soft" (a gradient).
        light: direction towards the light, unit vector.
        depth: how dark the shade is, 0..1.
        rng: draws patterns and details.
    """

    canvas: skia.Canvas
    line: float
    ink: Color | None
    shade: str
    light: np.ndarray
    depth: float
    rng: np.random.Generator

    def part(
        self,
        path: skia.Path,
        color: Color,
        *,
        pattern: str | None = None,
        second: Color | None = None,
        outline: bool = True,
        shade: bool = True,
    ) -> None:
        """Fills a closed path, shades it, and draws its outline."""
        canvas, bounds = self.canvas, path.getBounds()
        paint = skia.Paint(AntiAlias=True, Color4f=rgb(color))
        size = max(bounds.width(), bounds.height(), 1e-3)
        if self.shade == "soft" and shade:
            centre = np.array([bounds.centerX(), bounds.centerY()])
            a, b = centre + self.light * size * 0.5, centre - self.light * size * 0.5
            paint.setShader(
                skia.GradientShader.MakeLinear(
                    [skia.Point(*a.tolist()), skia.Point(*b.tolist())],
                    [to_int(lighter(color, 0.25)), to_int(darker(color, self.depth))],
                )
            )
        canvas.drawPath(path, paint)
        if pattern and second is not None:
            self._pattern(path, bounds, pattern, second)
        if self.shade == "cel" and shade:
            shift = self.light * min(bounds.width(), bounds.height()) * 0.22
            lit = skia.Path(path)
            lit.offset(float(shift[0]), float(shift[1]))
            dark = skia.Op(path, lit, skia.PathOp.kDifference_PathOp)
            if dark is not None:
                veil = skia.Paint(
                    AntiAlias=True, Color4f=rgb(darker((0.35, 0.3, 0.45), 0.3), self.depth * 0.8)
                )
                canvas.drawPath(dark, veil)
        if outline and self.line > 0:
            self.stroke(path, self.line, self.ink or darker(color, 0.62))

    def stroke(self, path: skia.Path, width: float, color: Color) -> None:
        """Draws a path as a line with round ends."""
        self.canvas.drawPath(
            path,
            skia.Paint(
                AntiAlias=True,
                Color4f=rgb(color),
                Style=skia.Paint.kStroke_Style,
                StrokeWidth=width,
                StrokeCap=skia.Paint.kRound_Cap,
                StrokeJoin=skia.Paint.kRound_Join,
            ),
        )

    def inside(self, path: skia.Path):
        """Context: drawing stays within a path."""
        return _Clip(self.canvas, path)

    def _pattern(self, path, bounds, pattern: str, color: Color) -> None:
        with self.inside(path):
            paint = skia.Paint(AntiAlias=True, Color4f=rgb(color))
            pitch = self.rng.uniform(0.12, 0.35)
            xs = np.arange(bounds.left(), bounds.right() + pitch, pitch)
            ys = np.arange(bounds.top(), bounds.bottom() + pitch, pitch)
            if pattern in ("stripes", "plaid"):
                for y in ys:
                    self.canvas.drawRect(
                        skia.Rect.MakeXYWH(bounds.left(), float(y), bounds.width(), pitch * 0.4),
                        paint,
                    )
            if pattern in ("bars", "plaid"):
                for x in xs:
                    self.canvas.drawRect(
                        skia.Rect.MakeXYWH(float(x), bounds.top(), pitch * 0.3, bounds.height()),
                        paint,
                    )
            if pattern == "dots":
                for row, y in enumerate(ys):
                    for x in xs:
                        self.canvas.drawCircle(
                            float(x + row % 2 * pitch / 2), float(y), pitch * 0.22, paint
                        )
            if pattern == "hem":
                height = bounds.height()
                self.canvas.drawRect(
                    skia.Rect.MakeXYWH(
                        bounds.left(),
                        bounds.bottom() - 0.18 * height,
                        bounds.width(),
                        0.08 * height,
                    ),
                    paint,
                )


class _Clip:
    def __init__(self, canvas: skia.Canvas, path: skia.Path):
        self.canvas, self.path = canvas, path

    def __enter__(self) -> None:
        self.canvas.save()
        self.canvas.clipPath(self.path, skia.ClipOp.kIntersect, True)

    def __exit__(self, *_) -> None:
        self.canvas.restore()


def smooth(points, closed: bool = True) -> skia.Path:
    """A Catmull-Rom curve through points [N,2]."""
    p = np.asarray(points, float)
    n = len(p)
    path = skia.Path()
    path.moveTo(*p[0].tolist())
    for i in range(n if closed else n - 1):
        if closed:
            a, b, c, d = p[i - 1], p[i], p[(i + 1) % n], p[(i + 2) % n]
        else:
            a, b, c, d = p[max(i - 1, 0)], p[i], p[i + 1], p[min(i + 2, n - 1)]
        u, v = b + (c - a) / 6, c - (d - b) / 6
        path.cubicTo(*u.tolist(), *v.tolist(), *c.tolist())
    if closed:
        path.close()
    return path


def polygon(points) -> skia.Path:
    return skia.Path.Polygon([skia.Point(float(x), float(y)) for x, y in points], True)


def ellipse(x: float, y: float, rx: float, ry: float) -> skia.Path:
    path = skia.Path()
    path.addOval(skia.Rect.MakeLTRB(float(x - rx), float(y - ry), float(x + rx), float(y + ry)))
    return path


def limb(joints, widths) -> skia.Path:
    """A tube through joints [N,2] with half-widths [N]: arms, legs, tails, locks."""
    joints, widths = np.asarray(joints, float), np.asarray(widths, float)
    t = np.linspace(0, len(joints) - 1, 6 * (len(joints) - 1) + 1)
    line = np.stack([np.interp(t, range(len(joints)), joints[:, k]) for k in range(2)], 1)
    kernel = np.array([0.25, 0.5, 0.25])
    for _ in range(2):  # rounds the joints
        inner = np.stack([np.convolve(line[:, k], kernel, "valid") for k in range(2)], 1)
        line[1:-1] = inner
    half = np.interp(t, range(len(joints)), widths)[:, None]
    direction = np.gradient(line, axis=0)
    direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-6)
    normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
    end = line[-1] + direction[-1] * half[-1]
    start = line[0] - direction[0] * half[0]
    return smooth(
        np.concatenate([[start], line + normal * half, [end], (line - normal * half)[::-1]])
    )


def rgb(color: Color, alpha: float = 1.0) -> skia.Color4f:
    return skia.Color4f(*[float(min(max(c, 0), 1)) for c in color], float(alpha))


def to_int(color: Color) -> int:
    return skia.Color(*[int(255 * min(max(c, 0), 1)) for c in color])


def darker(color: Color, amount: float) -> Color:
    return tuple(c * (1 - amount) for c in color)


def lighter(color: Color, amount: float) -> Color:
    return tuple(c + (1 - c) * amount for c in color)
