"""What mascots wear."""

from __future__ import annotations

import numpy as np

from .anatomy import Tube, box, loop, round_, tube
from .assembly import Assembly
from .pose import Pose

OUTFITS = ("none", "shirt", "dress", "overalls", "scarf", "bow tie", "cape", "coat")
CHANCES = (0.3, 0.16, 0.1, 0.12, 0.1, 0.08, 0.08, 0.06)
HATS = ("cap", "top hat", "party", "crown", "beanie", "bow", "flower", "chef", "straw")


def add_behind(art: Assembly, looks, pose: Pose) -> None:
    """What hangs behind the trunk."""
    if looks.outfit != "cape":
        return
    w, h = looks.width, looks.height
    sway = 0.1 * pose.wave(1, 0.3)
    cape = loop(
        [
            (-0.5 * w, -0.95 * h),
            (0.5 * w, -0.95 * h),
            (1.35 * w + sway, 0.05),
            (0.5 * w + sway, 0.2),
            (-0.5 * w + sway, 0.14),
            (-1.45 * w + sway, 0.1),
        ],
        4,
    )
    art.add("cape", cape, "accent", "clothes")


def _slice(
    body: Tube, start: float, end: float, wider: float = 1.07, flare: float = 0.0
) -> np.ndarray:
    t = np.linspace(start, end, 9)
    out = wider + flare * (1 - (t - start) / (end - start)) ** 1.5
    return np.concatenate([body.at(t, out), body.at(t[::-1], -out[::-1])])


def add_clothes(art: Assembly, looks, body: Tube) -> None:
    """Shirt, dress, overalls or coat around a trunk that goes upwards."""
    kind = looks.outfit
    w, h = looks.width, looks.height
    if kind == "shirt":
        art.add("shirt", _slice(body, 0.28, 1.0), "accent", "clothes")
        for k, u in enumerate((0.45, 0.65, 0.85)):
            if looks.turn > 0.25:
                art.mark(
                    f"shirt.stripe.{k}", _slice(body, u - 0.04, u + 0.05, 1.3), "second", "shirt"
                )
        art.stroke("shirt", body.at([0.3, 0.34, 0.36], [0.6, 0.45, 0.2]), 0.6)
    elif kind == "dress":
        art.add("dress", _slice(body, -0.02, 1.0, 1.05, 0.55), "accent", "clothes")
        for v in (-0.55, 0.0, 0.55):
            art.stroke("dress", body.at([0.45, 0.25, 0.02], [0.7 * v, v, 1.35 * v]), 0.7)
        art.add("dress.belt", _slice(body, 0.52, 0.6, 1.09), "second", "belt")
    elif kind == "overalls":
        art.add("overalls", _slice(body, -0.02, 0.5, 1.06), "accent", "clothes")
        art.add(
            "overalls.bib",
            box(-0.5 * w, -0.72 * h, 0.5 * w, -0.3 * h, 0.04),
            "accent",
            "clothes",
            into=("overalls",),
        )
        for side in (-1, 1):
            strap = tube([(side * 0.4 * w, -0.68 * h), (side * 0.5 * w, -0.95 * h)], 0.05, 5)
            art.add(f"overalls.strap.{side}", strap.outline, "accent", "clothes")
            art.add(
                f"overalls.button.{side}",
                round_(side * 0.4 * w, -0.66 * h, 0.045, n=12),
                "second",
                "clothes",
                outlined=0.6,
            )
        pocket = box(-0.24 * w, -0.55 * h, 0.24 * w, -0.34 * h, 0.05)
        art.add("overalls.pocket", pocket, "accent", "clothes", outlined=0.7)
    elif kind == "coat":
        art.add("coat", _slice(body, 0.02, 1.0, 1.08, 0.2), "accent", "clothes")
        art.stroke("coat", [(0.04, -0.95 * h), (0.05, -0.45 * h), (0.06, 0.05)], 0.9, None, (0, 0))
        for k, y in enumerate((-0.65, -0.42, -0.2)):
            art.add(
                f"coat.button.{k}",
                round_(0.14, y * h, 0.045, n=12),
                "second",
                "clothes",
                outlined=0.6,
            )


def add_neckwear(art: Assembly, looks, y: float, w: float) -> None:
    """Scarf or bow tie before the chin."""
    if looks.outfit == "scarf":
        tail = tube(
            [(0.3 * w, y + 0.02), (0.42 * w, y + 0.25), (0.38 * w, y + 0.5)],
            [0.1, 0.12, 0.12],
            4,
            (1, 0.1),
        )
        art.add("scarf.end", tail.outline, "accent", "clothes")
        art.mark("scarf.end.stripe", tail.band(0.72, 0.06), "second", "scarf.end")
        wrap = tube([(-1.05 * w, y - 0.05), (0, y + 0.06), (1.05 * w, y - 0.05)], 0.12, 6)
        art.add("scarf", wrap.outline, "accent", "clothes")
        art.casts("scarf", "body")
    elif looks.outfit == "bow tie":
        for side in (-1, 1):
            wing = loop(
                [
                    (0, y),
                    (side * 0.1, y - 0.08),
                    (side * 0.27, y - 0.13),
                    (side * 0.27, y + 0.13),
                    (side * 0.1, y + 0.08),
                ],
                3,
            )
            art.add(f"tie.{side}", wing, "accent", "clothes")
        art.add("tie", round_(0, y, 0.07, 0.08, n=14), "accent", "clothes")
    elif looks.outfit == "cape":
        art.add("cape.knot", round_(0, y + 0.02, 0.09, n=14), "second", "clothes")


def add_hat(art: Assembly, looks, x: float, y: float, r: float) -> None:
    """A hat whose brim is at (x, y), `r` half its width."""
    kind = looks.hat
    if kind == "none":
        return
    with art.frame(x, y, 0.08, r / 0.42):
        if kind == "top hat":
            art.add("hat.crown", box(-0.26, -0.55, 0.26, 0.02, 0.04), "second", "hat")
            art.mark("hat.band", box(-0.6, -0.16, 0.6, -0.04), "accent", "hat.crown")
            art.add("hat", round_(0, 0.02, 0.44, 0.07), "second", "hat")
        elif kind == "party":
            art.add(
                "hat",
                np.array([(-0.24, 0.02), (0.0, -0.6), (0.24, 0.02), (0.12, 0.07), (-0.12, 0.07)]),
                "second",
                "hat",
            )
            for k, yy in enumerate((-0.34, -0.14)):
                art.mark(
                    f"hat.stripe.{k}",
                    np.array([(-0.4, yy), (0.4, yy - 0.1), (0.4, yy), (-0.4, yy + 0.1)]),
                    "accent",
                    "hat",
                )
            art.add("hat.ball", round_(0, -0.6, 0.085, n=16), "third", "hat")
        elif kind == "crown":
            points = [
                (-0.3, 0.06),
                (-0.36, -0.3),
                (-0.17, -0.12),
                (0.0, -0.38),
                (0.17, -0.12),
                (0.36, -0.3),
                (0.3, 0.06),
            ]
            art.add("hat", np.array(points), "gold", "hat")
            for k in (-0.16, 0.0, 0.16):
                art.add(f"hat.gem.{k}", round_(k, -0.03, 0.04, n=10), "accent", "hat", outlined=0.5)
        elif kind == "beanie":
            t = np.linspace(np.pi, 2 * np.pi, 13)
            dome = np.concatenate(
                [
                    np.stack([0.42 * np.cos(t), 0.06 + 0.4 * np.sin(t)], 1),
                    [(0.42, 0.1), (-0.42, 0.1)],
                ]
            )
            art.add("hat.ball", round_(0, -0.38, 0.12, n=18), "accent", "hat")
            art.add("hat.crown", dome, "second", "hat")
            art.add("hat", box(-0.46, 0.0, 0.46, 0.15, 0.06), "accent", "hat")
            for k in np.linspace(-0.35, 0.35, 6):
                art.stroke("hat", [(k, 0.0), (k, 0.08), (k, 0.15)], 0.6)
        elif kind == "cap":
            t = np.linspace(np.pi, 2 * np.pi, 13)
            dome = np.concatenate(
                [np.stack([0.4 * np.cos(t), 0.06 + 0.36 * np.sin(t)], 1), [(0.3, 0.1), (-0.3, 0.1)]]
            )
            art.add("hat", dome, "accent", "hat")
            art.add(
                "hat.brim",
                loop([(0.1, 0.02), (0.45, 0.0), (0.66, 0.1), (0.4, 0.13), (0.05, 0.12)], 4),
                "second",
                "hat",
            )
            art.stroke("hat", [(0.0, -0.3), (0.06, -0.12), (0.1, 0.08)], 0.7)
        elif kind == "bow":
            for side in (-1, 1):
                wing = loop(
                    [
                        (0.2, 0.0),
                        (0.2 + side * 0.12, -0.1),
                        (0.2 + side * 0.3, -0.16),
                        (0.2 + side * 0.3, 0.14),
                        (0.2 + side * 0.12, 0.08),
                    ],
                    3,
                )
                art.add(f"hat.bow.{side}", wing, "accent", "hat")
            art.add("hat", round_(0.2, 0, 0.08, 0.09, n=14), "accent", "hat")
        elif kind == "flower":
            for k in range(5):
                a = 2 * np.pi * k / 5
                art.add(
                    f"hat.petal.{k}",
                    round_(0.24 + 0.12 * np.cos(a), 0.12 * np.sin(a), 0.09, n=14),
                    "accent",
                    "hat",
                )
            art.add("hat", round_(0.24, 0, 0.075, n=14), "gold", "hat")
        elif kind == "chef":
            for k, (xx, yy, rr) in enumerate(
                [(-0.22, -0.28, 0.2), (0.22, -0.28, 0.2), (0.0, -0.38, 0.24)]
            ):
                art.add(f"hat.puff.{k}", round_(xx, yy, rr), "glove", "hat")
            art.add(
                "hat",
                box(-0.27, -0.25, 0.27, 0.08, 0.04),
                "glove",
                "hat",
                into=("hat.puff.0", "hat.puff.1", "hat.puff.2"),
            )
        else:
            art.add(
                "hat.crown",
                loop([(-0.26, 0.02), (-0.24, -0.26), (0, -0.34), (0.24, -0.26), (0.26, 0.02)], 4),
                "gold",
                "hat",
            )
            art.mark("hat.band", box(-0.6, -0.12, 0.6, -0.02), "accent", "hat.crown")
            art.add("hat", round_(0, 0.03, 0.62, 0.1, n=26), "gold", "hat")
