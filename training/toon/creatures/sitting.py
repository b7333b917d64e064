"""A four-legged animal that sits and faces the viewer."""

from __future__ import annotations

import numpy as np

from . import coat, tails
from .anatomy import bumpy, round_, tube
from .assembly import Assembly
from .heads import add_front_head
from .pose import Pose
from .wings import add_membrane_wing


def add_sitting(art: Assembly, looks, pose: Pose) -> None:
    """All of the animal, the ground at y = 0."""
    d, t = looks.depth, looks.thick
    w = 0.95 * d
    high = 0.85 * looks.leg + 1.1 * d
    breath = 1 + 0.015 * pose.wave()
    if looks.wings == "membrane":
        for side, name in ((-1, "left"), (1, "right")):
            with art.frame(side * 0.3 * w, -0.8 * high, 0.0, (-side, 1.0)):
                add_membrane_wing(art, f"wing.{name}", (0.0, 0.0), 1.2, pose, far=side < 0)
    torso = tube(
        [(0, -0.45 * d), (0, -0.75 * d - 0.1), (0, -0.75 * high), (0, -high)],
        np.array([0.98, 1.05 * breath, 0.82, 0.62]) * w,
        steps=6,
        ends=(0.4, 0.6),
    )
    art.joint("body", (0, -0.5 * high))
    tails.add_tail(art, looks, pose, torso)
    far = "pattern" if looks.pattern == "panda" else "main"
    for side, name in ((-1, "left"), (1, "right")):
        thigh = round_(side * 0.86 * w, -0.5 * d, 0.5 * d, 0.52 * d, 0.35 * side)
        thigh[:, 1] = np.minimum(thigh[:, 1], 0.0)
        art.joint(f"leg.hind.{name}", (side * 0.8 * w, -0.5 * d))
        art.add(f"leg.hind.{name}", thigh, far)
    grown = [f"leg.hind.{name}" for name in ("left", "right")] if far == "main" else []
    art.add("torso", np.minimum(torso.outline, (9, 0.0)), into=grown)
    chest = looks.muzzle_light > 0.3 or looks.belly_light > 0 or looks.species in ("cat", "rabbit")
    if chest:
        art.mark("torso.belly", round_(0, -0.6 * high, 0.5 * w, 0.38 * high), "light", "torso")
    if looks.pattern != "panda":
        coat.add_coat(art, looks, torso)
    for side, name in ((-1, "left"), (1, "right")):
        foot = round_(side * 1.0 * w, -0.62 * t, 1.5 * t, 0.75 * t)
        foot[:, 1] = np.minimum(foot[:, 1], 0.0)
        art.add(f"foot.hind.{name}", foot, far)
        for k in (-0.5, 0.0, 0.5):
            x = side * 1.0 * w + k * t
            art.stroke(f"foot.hind.{name}", [(x, -0.6 * t), (x, -0.3 * t), (x, 0)], 0.6)
    for side, name in ((-1, "left"), (1, "right")):
        x = side * 0.36 * w
        leg = tube(
            [(0.95 * x, -0.72 * high), (x, -0.4 * high), (x, -0.6 * t)], [1.2 * t, 1.1 * t, t], 6
        )
        outline = np.minimum(leg.outline, (9, 0.0))
        low = outline[:, 1] > -0.5 * high
        art.joint(f"leg.front.{name}", (x, -0.7 * high))
        art.add(
            f"leg.front.{name}", outline, far, into=("torso",) if far == "main" else (), keep=low
        )
        paw = round_(x, -0.6 * t, 1.3 * t, 0.72 * t)
        paw[:, 1] = np.minimum(paw[:, 1], 0.0)
        art.joint(f"foot.front.{name}", (x, 0))
        socks = "light" if looks.pattern == "socks" and looks.species != "fox" else far
        socks = "pattern" if looks.pattern == "socks" and looks.species == "fox" else socks
        into = (f"leg.front.{name}",) if socks == far else ()
        art.add(f"foot.front.{name}", paw, socks, into=into)
        for k in (-0.4, 0.4):
            art.stroke(
                f"foot.front.{name}",
                [(x + k * t, -0.6 * t), (x + k * t, -0.3 * t), (x + k * t, 0)],
                0.6,
            )
        if looks.pattern in ("stripes", "tabby"):
            for k, u in enumerate((0.35, 0.55, 0.75)):
                art.mark(
                    f"leg.front.{name}.stripe.{k}",
                    leg.band(u, 0.03),
                    "pattern",
                    f"leg.front.{name}",
                )
    if looks.collar:
        art.add("collar", torso.band(0.93, 0.05), "accent", "clothes", within="torso")
    with art.frame(0.0, -high - 0.34 * looks.head, 0.5 * pose.nod, looks.head):
        art.joint("neck", (0, 0.4))
        if looks.mane == "ring":
            art.add("mane", bumpy(0, 0.02, 0.8, 0.78, 15, 0.2, True), "hair", "hair")
        add_front_head(art, looks, pose, 0.15)
    art.casts("head", "torso")
