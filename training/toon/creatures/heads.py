"""Heads of animals, in profile and turned to the viewer. Origin: where the neck ends; x forward."""

from __future__ import annotations

import numpy as np

from .anatomy import bumpy, loop, round_, tube
from .assembly import Assembly
from .ears import add_ear, add_horns
from .faces import add_eye, add_mouth
from .pose import Pose


def add_head(art: Assembly, looks, pose: Pose, into: tuple[str, ...] = ()) -> None:
    """The head of a four-legged animal, as its view asks."""
    if looks.view == "side":
        _profile(art, looks, pose, into)
    else:
        turn = 0.35 if looks.view == "turned" else 0.6
        with art.frame(0.1, -0.2 + 0.1 * looks.big_muzzle):
            add_front_head(art, looks, pose, turn)


def _profile(art: Assembly, looks, pose: Pose, into: tuple[str, ...]) -> None:
    s = looks.snout
    face = "face" if "face" in looks.palette else "main"
    n = 0.24 if looks.big_muzzle else 0.1 if looks.pointed else 0.17
    b = 0.3 if looks.big_muzzle else 0.24
    drop = 0.17 + 0.22 * s * (1.0 if looks.big_muzzle else 0.35)
    x0 = 0.2  # of the skull's middle
    with art.frame(x0, -0.08):
        art.joint("head", (0, 0))
        add_horns(art, looks, "far")
        if looks.ears not in ("floppy", "fan"):
            with art.frame(0.1, -0.02):
                add_ear(art, looks, pose, "far")
        long = looks.big_muzzle
        points = [
            (-0.48, 0.0),
            (-0.36, -0.34),
            (-0.02, -0.48),
            (0.27, -0.38 if not long else -0.34),
            (0.4 + 0.1 * long, drop - b + 0.02),
            (0.42 + 0.6 * s, drop - (n + b) / 2 * 0.95 + 0.02),
            (0.42 + s, drop - n * 0.9),
            (0.5 + s, drop - 0.1 * n),
            (0.46 + s, drop + 0.72 * n),
            (0.34 + 0.62 * s, drop + 0.5 * (n + b)),
            (0.16 + 0.1 * s, drop + b * 0.95),
            (-0.2, 0.4),
        ]
        skull = loop(points, 4)
        keep = skull[:, 0] > -0.1
        art.add("head", skull, face, into=into if face == "main" else (), keep=keep)
        if looks.muzzle_light > 0.3 or looks.species == "panda":
            low = [
                (0.56 + s, drop - 0.15 * n),
                (0.42 + 0.5 * s, drop - 0.05),
                (0.3, drop + 0.1),
                (0.02, 0.2),
                (-0.3, 0.3),
                (-0.2, 0.6),
                (0.3 + s, drop + b + 0.2),
                (0.6 + s, drop + n),
            ]
            art.mark("head.muzzle", loop(low, 3), "light", "head")
        _face_pattern(art, looks, 0.2, -0.1, profile=True)
        tip = (0.44 + s, drop - 0.35 * n)
        lip = np.array(
            [
                (0.44 + s, drop + 0.35 * n),
                (0.4 + 0.6 * s, drop + 0.42 * n),
                (0.28 + 0.2 * s, drop + 0.5 * b),
            ]
        )
        if not looks.trunk:
            _side_mouth(art, looks, pose, lip, b)
        if looks.disc:
            with art.frame(0.5 + s, drop, 0.15):
                art.add("nose", round_(0, 0, 0.09, n * 1.05), "nose")
                art.stroke("nose", [(0.0, -0.08), (0.01, -0.04), (0.0, 0.0)], 1.2)
        elif looks.big_muzzle or looks.species in (
            "dragon",
            "dinosaur",
            "crocodile",
            "lizard",
            "rhino",
        ):
            if looks.big_muzzle and looks.pattern != "zebra" and looks.species != "hippo":
                shade = "light" if looks.species in ("cow", "donkey") else "dark"
                soft = round_(0.48 + s, drop + 0.05, 0.3, 0.34)
                art.mark("head.lips", soft, shade, "head")
            elif looks.big_muzzle:
                art.mark("head.lips", round_(0.5 + s, drop, 0.24, 0.34), "pattern", "head")
            art.add(
                "nose",
                round_(tip[0] - 0.03, tip[1], 0.035, 0.05, 0.5, 12),
                "ink",
                within="head",
                outlined=0.0,
            )
        elif not looks.trunk:
            r = 0.085 * looks.nose_size
            art.add("nose", round_(tip[0] + 0.02, tip[1] - 0.02, r * 1.1, r * 0.9, 0.3), "nose")
        _side_eye(art, looks, pose, long)
        if looks.whiskers:
            for k, a in enumerate((-0.15, 0.1, 0.35)):
                start = np.array([0.32 + 0.6 * s, drop + 0.05 + 0.04 * k])
                end = start + 0.42 * np.array([-np.cos(a), np.sin(a)])
                art.stroke(
                    "head", [start, (start + end) / 2 + (0, 0.02), end], 0.45, None, (0.1, 1)
                )
        if looks.blush:
            art.mark("head.blush", round_(0.08, 0.2, 0.12, 0.09), "blush", "head")
        if looks.tusks:
            tusk = tube([(0.34, 0.28), (0.52, 0.42), (0.72, 0.36)], [0.07, 0.055, 0.01], 4)
            art.add("head.tusk", tusk.outline, "horn")
        if looks.trunk:
            _trunk(art, looks, pose, (0.36, 0.06), ("head",))
        if looks.beard:
            art.add(
                "head.beard",
                [(0.16, 0.42), (0.42, 0.44), (0.34, 0.62), (0.24, 0.78), (0.18, 0.6)],
                "hair",
                "hair",
            )
        add_horns(art, looks, "near")
        add_ear(art, looks, pose, "near")
        if looks.mane == "crest":
            lock = [
                (-0.34, -0.36),
                (-0.05, -0.56),
                (0.2, -0.42),
                (0.34, -0.16),
                (0.18, -0.26),
                (0.16, -0.08),
                (0.04, -0.26),
                (-0.05, -0.12),
                (-0.1, -0.3),
            ]
            art.add("head.forelock", loop(lock, 3), "hair", "hair")
        elif looks.tuft or looks.wool:
            _tuft(art, looks)


def _tuft(art: Assembly, looks) -> None:
    art.add("head.tuft", bumpy(-0.05, -0.42, 0.3, 0.17, 6, 0.25), "main", "hair")


def _side_eye(art: Assembly, looks, pose: Pose, long: bool) -> None:
    r = 0.42 * looks.eyes.size * (0.9 if long else 1.0)
    r = min(r, 0.15)
    add_eye(art, "head.eye", "head", 0.17, -0.13, r, looks.eyes, pose, 1.0, 0.85)


def _side_mouth(art: Assembly, looks, pose: Pose, lip: np.ndarray, b: float) -> None:
    corner = lip[-1] + (-0.03, -0.02)
    upper = np.concatenate([lip, [corner]])
    upper = np.stack([np.interp(np.linspace(0, 3, 10), range(4), upper[:, k]) for k in range(2)], 1)
    gape = (0.008 + 0.2 * pose.mouth) * np.linspace(1, 0, 10) ** 0.7
    lower = upper + np.stack([-0.35 * gape, gape], 1)
    art.add(
        "mouth", np.concatenate([upper, lower[::-1]]), "mouth", "mouth", within="head", shaded=False
    )
    if looks.teeth:
        for k in range(looks.teeth):
            i = 0.6 + 7.5 * k / looks.teeth
            x, y = (float(np.interp(i, range(10), upper[:, a])) for a in range(2))
            fang = [(x - 0.035, y - 0.01), (x + 0.035, y - 0.01), (x, y + 0.085)]
            art.add(
                f"mouth.tooth.{k}",
                fang,
                "white",
                "mouth",
                within="head",
                outlined=0.5,
                shaded=False,
            )


def _trunk(art: Assembly, looks, pose: Pose, base, into) -> None:
    lift = 0.5 * pose.wave() + 0.6 * pose.mouth
    steps = np.array([1.2, 1.55, 1.45, 1.1, 0.3, -0.5]) - lift * np.linspace(0, 1.4, 6)
    moves = 0.22 * np.stack([np.cos(steps), np.sin(steps)], 1)
    points = np.array(base) + np.concatenate([[(-0.12, -0.05)], np.cumsum(moves, 0)])
    shape = tube(points, [0.23, 0.21, 0.17, 0.14, 0.12, 0.11, 0.1], 4, ends=(1, 0.4))
    art.add("trunk", shape.outline, into=into)
    art.joint("trunk", shape.line[-1])
    for u in np.linspace(0.3, 0.9, 7):
        art.stroke("trunk", shape.at([u, u + 0.01, u], [-1.0, -0.6, -0.2]), 0.55)


def _face_pattern(art: Assembly, looks, ex: float, ey: float, profile: bool) -> None:
    """What the coat's pattern does to the head; (ex, ey) is the eye."""
    kind = looks.pattern
    sides = (1,) if profile else (-1, 1)
    if kind == "panda":
        for s in sides:
            patch = round_(s * ex, ey + 0.03, 0.17, 0.22, 0.5 * s)
            art.mark(f"head.patch.{s}", patch, "pattern", "head")
    elif kind == "mask":
        for s in sides:
            patch = round_(s * (ex + 0.06), ey + 0.04, 0.27, 0.15, 0.35 * s)
            art.mark(f"head.patch.{s}", patch, "pattern", "head")
    elif kind in ("stripes", "tabby", "zebra"):
        if profile:
            for k, x in enumerate((-0.3, -0.12, 0.06)):
                line = [(x - 0.04, -0.55), (x + 0.05, -0.55), (x + 0.02, -0.26 - 0.04 * k)]
                art.mark(f"head.stripe.{k}", np.array(line), "pattern", "head")
            for k, y in enumerate((0.1, 0.24)):
                line = [(-0.6, y - 0.05), (-0.6, y + 0.06), (-0.1, y + 0.02)]
                art.mark(f"head.stripe.low.{k}", np.array(line), "pattern", "head")
        else:
            for k, x in enumerate((-0.14, 0.0, 0.14)):
                line = [(x * 1.5 - 0.05, -0.6), (x * 1.5 + 0.05, -0.6), (x, -0.26 - 0.6 * abs(x))]
                art.mark(f"head.stripe.{k}", np.array(line), "pattern", "head")
            for s in sides:
                for k, y in enumerate((0.02, 0.16)):
                    line = [(s * 0.75, y - 0.05), (s * 0.75, y + 0.06), (s * 0.36, y + 0.03)]
                    art.mark(f"head.stripe.{s}.{k}", np.array(line), "pattern", "head")
    elif kind in ("patches", "saddle"):
        patch = loop([(0.02, -0.7), (0.5, -0.6), (0.7, 0.0), (0.34, 0.12), (0.14, -0.1)], 4)
        if profile:
            patch = patch * (-1, 1) + (0.32, 0)
        art.mark("head.patch", patch, "pattern", "head")
    elif kind in ("spots", "giraffe"):
        for k, (x, y) in enumerate(
            [(-0.2, -0.36), (0.0, -0.4), (0.2, -0.36), (-0.38, 0.05), (0.38, 0.05)]
        ):
            if not profile or x < 0.1:
                art.mark(f"head.spot.{k}", round_(x, y, 0.06, 0.05, n=12), "pattern", "head")


def add_front_head(art: Assembly, looks, pose: Pose, turn: float = 0.0) -> None:
    """A head that faces the viewer, its middle at (0, 0), height about 1, features shifted to the
    side by `turn` 0..1."""
    face = "face" if "face" in looks.palette else "main"
    long = looks.snout if looks.big_muzzle or looks.hoof else 0.0
    w = 0.5 * min(looks.cheek, 1.3) if not long else 0.44
    low = 0.48 + 0.42 * long
    jaw = 0.62 * w if not long else 0.32
    if looks.trunk or looks.species in ("bear", "panda"):
        w *= 1.12
    art.joint("head", (0, 0))
    add_horns(art, looks, "both")
    behind = looks.ears not in ("floppy", "fold")
    if behind:
        for side in (-1, 1):
            add_ear(art, looks, pose, "front", side, w)
    points = [
        (0.0, -0.5),
        (0.3 * w / 0.5, -0.44),
        (0.92 * w, -0.2),
        (w, 0.08),
        (0.86 * w if not long else 0.8 * w, 0.28),
        (jaw, low - 0.12),
        (0.3 * w, low),
        (0, low + 0.02),
        (-0.3 * w, low),
        (-jaw, low - 0.12),
        (-0.86 * w if not long else -0.8 * w, 0.28),
        (-w, 0.08),
        (-0.92 * w, -0.2),
        (-0.3 * w / 0.5, -0.44),
    ]
    if looks.cheek > 1.08:  # tufts of fur
        points[4:5] = [(1.12 * w, 0.2), (0.8 * w, 0.3)]
        points[-4:-3] = [(-0.8 * w, 0.3), (-1.12 * w, 0.2)]
    art.add("head", loop(points, 3), face)
    dx = 0.13 * turn
    ey = -0.06 if not long else -0.16
    gap = 0.24 if not looks.trunk else 0.28
    _face_pattern(art, looks, gap + 0.02, ey, profile=False)
    muzzle_y = 0.22 + 0.36 * long
    mx = 1.35 * dx
    rx, ry = (0.26, 0.19) if not long else (0.32, 0.24)
    if looks.snout > 0.25 and not long:
        rx, ry = 0.27, 0.2
    if looks.trunk:
        _front_trunk(art, looks, pose, mx)
    elif looks.muzzle_light > 0.2 and looks.cheek > 1.15:  # a mask of light fur
        mask = [
            (mx, -0.02),
            (0.2 + dx, 0.06),
            (0.6, 0.02),
            (0.6, 0.6),
            (-0.6, 0.6),
            (-0.6, 0.02),
            (-0.2 + dx, 0.06),
        ]
        art.mark("head.muzzle", loop(mask, 3), "light", "head")
    elif looks.disc:
        pass
    elif looks.snout > 0.2 or looks.muzzle_light > 0.2:
        shade = "light" if looks.muzzle_light > 0 or looks.species not in ("horse",) else "dark"
        muzzle = round_(mx, muzzle_y, rx, ry)
        if looks.snout > 0.28 and not looks.pointed:
            art.add("head.muzzle", muzzle, shade if looks.palette.get(shade) else "main", into=())
        else:
            art.mark("head.muzzle", muzzle, shade, "head")
    on = (
        "head.muzzle"
        if "head.muzzle" in art.parts and not art.parts["head.muzzle"].marking
        else "head"
    )
    r = 0.46 * looks.eyes.size
    r = min(r, 0.19)
    for side, label in ((-1, "left"), (1, "right")):
        narrow = 1.0 - 0.14 * turn * (side > 0)
        add_eye(
            art, f"head.eye.{label}", "head", side * gap + dx, ey, r, looks.eyes, pose, side, narrow
        )
    if looks.trunk:
        return
    ny = muzzle_y - 0.55 * ry
    my = muzzle_y + 0.12 * ry
    if looks.disc:
        art.add("nose", round_(mx, muzzle_y - 0.03, 0.19, 0.14), "nose")
        for side in (-1, 1):
            hole = round_(mx + side * 0.07, muzzle_y - 0.03, 0.028, 0.05, n=10)
            art.add(f"nose.hole.{side}", hole, "ink", within="nose", outlined=0.0)
        add_mouth(art, "mouth", "head", mx, 0.38, 0.13, pose)
    else:
        if long or looks.species in ("hippo", "dinosaur", "dragon", "monster"):
            for side in (-1, 1):
                hole = round_(mx + side * 0.13, ny + 0.05, 0.035, 0.055, 0.4 * side, 10)
                art.add(f"nose.{side}", hole, "ink", within=on, outlined=0.0)
        else:
            k = 0.1 * looks.nose_size
            nose = loop(
                [
                    (mx - k, ny - 0.5 * k),
                    (mx, ny - 0.7 * k),
                    (mx + k, ny - 0.5 * k),
                    (mx + 0.5 * k, ny + 0.35 * k),
                    (mx, ny + 0.75 * k),
                    (mx - 0.5 * k, ny + 0.35 * k),
                ],
                3,
            )
            art.add(
                "nose",
                nose,
                "nose",
                light=round_(mx - 0.3 * k, ny - 0.3 * k, 0.25 * k, 0.14 * k, n=10),
            )
            art.stroke(
                on,
                [(mx, ny + 0.5 * k), (mx, (ny + my) / 2), (mx, my + 0.02)],
                0.7,
                None,
                (0.1, 0.1),
            )
        kind = looks.mouth if not long else "flat"
        add_mouth(
            art,
            "mouth",
            on,
            mx,
            my + 0.02,
            0.62 * rx,
            pose,
            kind=kind,
            depth=0.42,
            teeth=min(looks.teeth, 4),
        )
    if looks.whiskers:
        for side in (-1, 1):
            for k, a in enumerate((-0.16, 0.04, 0.26)):
                start = np.array([mx + side * 0.16, muzzle_y + 0.04 * (k - 1)])
                end = start + 0.34 * np.array([side * np.cos(a), np.sin(a)])
                art.stroke(
                    "head", [start, (start + end) / 2 + (0, 0.015), end], 0.45, None, (0.1, 1)
                )
    if looks.blush:
        for side in (-1, 1):
            art.mark(
                f"head.blush.{side}", round_(side * 0.36 + dx, 0.16, 0.1, 0.065), "blush", "head"
            )
    if looks.beard:
        art.add(
            "head.beard",
            [
                (mx - 0.16, low - 0.06),
                (mx + 0.16, low - 0.06),
                (mx + 0.1, low + 0.16),
                (mx, low + 0.34),
                (mx - 0.1, low + 0.16),
            ],
            "hair",
            "hair",
        )
    if not behind:
        for side in (-1, 1):
            add_ear(art, looks, pose, "front", side, w)
    if looks.mane in ("crest", "brush") and looks.species != "zebra":
        lock = [
            (-0.3, -0.44),
            (0.0, -0.62),
            (0.3, -0.42),
            (0.26, -0.2),
            (0.12, -0.32),
            (0.1, -0.08),
            (-0.02, -0.28),
            (-0.12, -0.14),
            (-0.16, -0.32),
        ]
        art.add("head.forelock", loop(lock, 3), "hair", "hair")
    elif looks.tuft or looks.wool:
        _tuft(art, looks)


def _front_trunk(art: Assembly, looks, pose: Pose, mx: float) -> None:
    for side in (-1, 1):
        if looks.tusks:
            tusk = tube(
                [(mx + side * 0.2, 0.26), (mx + side * 0.28, 0.46), (mx + side * 0.42, 0.52)],
                [0.06, 0.05, 0.012],
                4,
            )
            art.add(f"head.tusk.{side}", tusk.outline, "horn")
    sway = 0.25 * pose.wave()
    steps = (
        np.array([0.0, 0.1, 0.1, -0.2, -0.9, -1.5])
        + sway * np.linspace(0, 1.2, 6)
        - 0.8 * pose.mouth * np.linspace(0, 1, 6)
    )
    moves = 0.17 * np.stack([-np.sin(steps), np.cos(steps)], 1)
    points = np.array([mx, 0.08]) + np.concatenate([[(0.0, -0.06)], np.cumsum(moves, 0)])
    shape = tube(points, [0.16, 0.18, 0.16, 0.14, 0.12, 0.11, 0.1], 4, ends=(1, 0.4))
    art.add(
        "trunk",
        shape.outline,
        into=("head",),
        keep=shape.outline[:, 1] > shape.outline[:, 1].min() + 0.16,
    )
    art.joint("trunk", shape.line[-1])
    for u in np.linspace(0.2, 0.9, 7):
        art.stroke("trunk", shape.at([u, u + 0.012, u], [-0.5, 0.0, 0.5]), 0.55)
