"""Fills by skia."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import skia

from .fills import Fill, Gradient, Outlines


def paint(fills: Sequence[Fill], size: tuple[int, int]) -> np.ndarray:
    """See `raster.paint`."""
    pixels, canvas = _canvas(size)
    paths = _Paths()
    for fill in fills:
        if fill.color is None or fill.alpha <= 0:
            continue
        brush = _brush(fill)
        if fill.clip is None:
            canvas.drawPath(paths(fill.outlines), brush)
            continue
        canvas.save()
        canvas.clipPath(paths(fill.clip), skia.ClipOp.kIntersect, True)
        canvas.drawPath(paths(fill.outlines), brush)
        canvas.restore()
    return pixels


def label(fills: Sequence[Fill], size: tuple[int, int]) -> np.ndarray:
    """See `raster.label`."""
    pixels, canvas = _canvas(size)
    paths = _Paths()
    brush = skia.Paint(AntiAlias=False)
    for fill in fills:
        if fill.label is None:
            continue
        brush.setColor(skia.Color(fill.label & 255, fill.label >> 8, 0, 255))
        if fill.clip is None:
            canvas.drawPath(paths(fill.outlines), brush)
            continue
        canvas.save()
        canvas.clipPath(paths(fill.clip), skia.ClipOp.kIntersect, False)
        canvas.drawPath(paths(fill.outlines), brush)
        canvas.restore()
    return pixels[..., 0] | (pixels[..., 1].astype(np.uint16) << 8)


def _canvas(size: tuple[int, int]) -> tuple[np.ndarray, skia.Canvas]:
    pixels = np.zeros((*size, 4), np.uint8)
    info = skia.ImageInfo.Make(size[1], size[0], skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    return pixels, skia.Surface.MakeRasterDirect(info, pixels).getCanvas()


class _Paths:
    """Paths of outlines, each built once: clips come again and again."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Outlines, skia.Path]] = {}

    def __call__(self, outlines: Outlines) -> skia.Path:
        known = self._known.get(id(outlines))
        if known is None:
            path = skia.Path()
            for outline in outlines:
                points = outline.tolist()
                path.moveTo(*points[0])
                for x, y in points[1:]:
                    path.lineTo(x, y)
                path.close()
            known = self._known[id(outlines)] = (outlines, path)
        return known[1]


def _brush(fill: Fill) -> skia.Paint:
    brush = skia.Paint(AntiAlias=True)
    if isinstance(fill.color, Gradient):
        ramp = fill.color
        brush.setShader(
            skia.GradientShader.MakeLinear(
                [skia.Point(*ramp.start), skia.Point(*ramp.end)],
                [_argb(ramp.first), _argb(ramp.last)],
            )
        )
        brush.setAlphaf(fill.alpha)
    else:
        brush.setColor4f(skia.Color4f(*(float(v) for v in fill.color), float(fill.alpha)))
    if fill.blur > 0:
        brush.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, float(fill.blur)))
    return brush


def _argb(color: tuple[float, float, float]) -> int:
    return skia.Color(*(round(255 * min(max(v, 0.0), 1.0)) for v in color))
