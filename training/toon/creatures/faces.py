"""Eyes and mouths of creatures."""

# ruff: noqa: RUF005 - an array plus a pair is a sum here

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .anatomy import round_
from .assembly import Assembly
from .pose import Pose

EYES = ("real", "iris", "dot", "bead", "slit", "happy")


@dataclass(frozen=True)
class Eyes:
    """How eyes look.

    Attributes:
        kind: one of `EYES`: with white and iris; a large iris alone; a black oval; a small one; a
            cat's slit; an arc.
        size: radius, of the head's half height.
        tall: height of an eye, of its width.
        brow: "none", "angry", "soft".
        lashes: whether it has some.
    """

    kind: str = "real"
    size: float = 0.3
    tall: float = 1.15
    brow: str = "none"
    lashes: bool = False


def sample_eyes(rng: np.random.Generator, kinds=EYES, chances=None) -> Eyes:
    kind = str(rng.choice(kinds, p=chances))
    small = kind in ("dot", "bead")
    return Eyes(
        kind=kind,
        size=float(rng.uniform(0.12, 0.2) if small else rng.uniform(0.22, 0.36)),
        tall=float(rng.uniform(0.95, 1.45)),
        brow=str(rng.choice(["none", "angry", "soft"], p=[0.7, 0.15, 0.15])),
        lashes=bool(rng.random() < 0.2),
    )


def add_eye(
    art: Assembly,
    name: str,
    on: str,
    x: float,
    y: float,
    radius: float,
    eyes: Eyes,
    pose: Pose,
    side: float = 1.0,
    narrow: float = 1.0,
) -> None:
    """An eye about (x, y) on a part. `side` is +1 where its outer corner is to the right, `narrow`
    its width where the head turns away."""
    open_ = 1 - 0.93 * pose.blink
    rx, ry = radius * narrow, radius * eyes.tall * open_
    gx, gy = 0.3 * pose.gaze[0] * rx, 0.3 * pose.gaze[1] * ry
    if eyes.kind == "happy":
        t = np.linspace(np.pi, 2 * np.pi, 9)
        arc = np.stack([x + rx * np.cos(t), y + 0.3 * rx + 0.9 * radius * np.sin(t)], 1)
        inner = np.stack([x + 0.8 * rx * np.cos(t), y + 0.3 * rx + 0.6 * radius * np.sin(t)], 1)
        art.add(name, np.concatenate([arc, inner[::-1]]), "ink", "eye", outlined=0.0, within=on)
    elif eyes.kind in ("dot", "bead"):
        art.add(name, round_(x, y, rx * 0.85, ry), "ink", "eye", within=on, shaded=False)
        if eyes.kind == "dot":
            _glint(art, name, x - 0.25 * rx, y - 0.35 * ry, 0.3 * rx, 0.3 * ry)
    else:
        base = "white" if eyes.kind == "real" else "iris"
        art.add(name, round_(x, y, rx, ry, 0.12 * side), base, "eye", within=on, shaded=False)
        if eyes.kind == "real":
            iris = round_(x + gx, y + gy, rx * 0.66, ry * 0.7)
            art.add(f"{name}.iris", iris, "iris", "eye", within=name, outlined=0.6, shaded=False)
        slim, tall = (0.22, 0.8) if eyes.kind == "slit" else (0.4, 0.42)
        if eyes.kind == "iris":
            slim, tall = 0.62, 0.68
        pupil = round_(x + gx, y + gy, rx * slim, ry * tall)
        art.add(f"{name}.pupil", pupil, "ink", "eye", within=name, outlined=0.0, shaded=False)
        _glint(art, name, x + gx - 0.25 * rx, y + gy - 0.35 * ry, 0.24 * rx, 0.24 * ry)
    lid = np.linspace(np.pi * 1.05, np.pi * 1.95, 7)
    if eyes.lashes and eyes.kind != "happy":
        arc = np.stack([x + 1.02 * rx * np.cos(lid), y + 1.02 * ry * np.sin(lid)], 1)
        art.stroke(on, arc, 2.2, "ink", (0.5, 0.1))
        for k in (0.0, 0.5):
            corner = np.array([x + side * rx * (0.75 + 0.2 * k), y - ry * (0.7 - 0.7 * k)])
            out = corner + np.array([side * 0.4, -0.32 + 0.2 * k]) * radius
            art.stroke(on, np.stack([corner, (corner + out) / 2, out]), 1.2, "ink", (0, 1))
    if eyes.brow != "none":
        lift = (0.45, 1.2) if eyes.brow == "angry" else (1.4, 1.0)
        start = (x - side * 0.8 * rx, y - ry * 0.6 - radius * lift[0])
        end = (x + side * 0.9 * rx, y - ry * 0.6 - radius * lift[1])
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 0.12 * radius)
        art.stroke(on, [start, middle, end], 2.4, "ink", (0.2, 0.7))


def _glint(art: Assembly, name: str, x: float, y: float, rx: float, ry: float) -> None:
    art.add(
        f"{name}.glint",
        round_(x, y, rx, ry, n=10),
        "white",
        "eye",
        within=name,
        outlined=0.0,
        shaded=False,
    )


def add_mouth(
    art: Assembly,
    name: str,
    on: str,
    x: float,
    y: float,
    width: float,
    pose: Pose,
    *,
    kind: str = "smile",
    depth: float = 0.5,
    teeth: int = 0,
) -> None:
    """A mouth with its middle at (x, y): the lips meet in a line where it is shut.

    Args:
        kind: "smile", "cat" (two arcs), "flat", "frown".
        depth: how deep it is when wide open, of its width.
        teeth: number of pointed teeth in the upper row.
    """
    t = np.linspace(-1, 1, 13)
    bend = {
        "smile": 0.28 * (1 - t**2),
        "cat": 0.22 * np.abs(np.sin(np.pi * t)),
        "flat": 0.05 * (1 - t**2),
        "frown": -0.25 * (1 - t**2),
    }[kind]
    upper = np.stack([x + width * t, y + width * bend], 1)
    gape = (0.04 + 2 * depth * pose.mouth) * (1 - t**2) ** 0.7
    lower = upper + np.stack([np.zeros_like(t), width * gape], 1)
    art.add(name, np.concatenate([upper, lower[::-1]]), "mouth", "mouth", within=on, shaded=False)
    base = float(lower[6, 1])
    art.add(
        f"{name}.tongue",
        round_(x, base + 0.1 * width, 0.55 * width, 0.9 * width * depth * pose.mouth + 0.01),
        "tongue",
        "mouth",
        within=name,
        marking=True,
    )
    for k in range(teeth):
        c = (k + 0.5) / teeth * 2 - 1
        i = (c * 6) + 6
        top = np.array([np.interp(i, range(13), upper[:, 0]), np.interp(i, range(13), upper[:, 1])])
        w = 0.7 * width / teeth
        fang = [top + (-w, -0.05 * width), top + (w, -0.05 * width), top + (0, 1.6 * w)]
        art.add(f"{name}.tooth.{k}", fang, "white", "mouth", within=on, outlined=0.5, shaded=False)
