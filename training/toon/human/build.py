"""Puts a human together: who is before whom, and what it wears where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..model import Figure
from . import (
    body,
    book,
    bottoms,
    collars,
    details,
    extras,
    face,
    hair,
    hair_ends,
    hats,
    outer,
    spectacles,
    tails,
    tops,
)
from .head import head_view
from .looks import OPEN_HATS, Looks
from .pose import Pose
from .rings import spot, trunk_rings
from .skeleton import SIDES, Rig, rig
from .sketch import Sketch

# Depths, back to front, of a figure that looks at us.
FAR, BACK_HAIR, ARM_BEHIND, TRUNK, SEAT, LEGS, TOP, ARM = (
    -90.0,
    -60.0,
    -40.0,
    8.0,
    9.0,
    10.0,
    22.0,
    40.0,
)
HEAD, CAP, BANGS, HAIR_BEFORE, HAT, HAND_BEFORE = 50.0, 58.0, 59.0, 48.0, 64.0, 80.0


def build(looks: Looks, pose: Pose) -> Figure:
    """The figure of `looks` in `pose`: nothing is left to chance.

    Frames of one figure have the same part names and numbers of points, as far as a part is there
    in both; their order follows the pose.
    """
    r = rig(looks, pose)
    sketch = Sketch()
    view = head_view(r)
    _body(sketch, r)
    _head(sketch, r, view)
    joints = {name: (float(p[0]), float(p[1])) for name, p in r.joints.items() if "toe" not in name}
    for side, s in SIDES:
        joints[f"{side}_eye"] = _on_head(view, view.feature(0.2 * s, 0.1))
    joints["chin"] = _on_head(view, view.feature(0.0, 0.49, 0.8))
    figure = Figure(sketch.parts(), dict(looks.palette), joints, "human")
    return _on_ground(figure, r) if pose.lies else figure


def _on_ground(figure: Figure, r: Rig) -> Figure:
    """Who lies: hair, tails and clothes that hung into the ground lie on it, and the lowest part
    touches it."""
    nearer = 0.35 * (1 - abs(float(r.up[1])))  # what lies before the body is seen below it

    def flat(points: np.ndarray) -> np.ndarray:
        y = points[:, 1]
        return np.stack([points[:, 0], np.where(y > nearer, nearer + (y - nearer) * 0.12, y)], 1)

    lowest = max(float(flat(p.outline)[:, 1].max()) for p in figure.parts if p.within is None)
    shift = np.array([0, -lowest - r.lifted], np.float32)

    def moved(points: np.ndarray) -> np.ndarray:
        return (flat(points) + shift).astype(np.float32)

    parts = tuple(
        replace(
            part,
            outline=moved(part.outline),
            tones=tuple(replace(tone, outline=moved(tone.outline)) for tone in part.tones),
            strokes=tuple(replace(line, points=moved(line.points)) for line in part.strokes),
        )
        for part in figure.parts
    )
    names = list(figure.joints)
    places = moved(np.array([figure.joints[name] for name in names])).tolist()
    joints = {name: (x, y) for name, (x, y) in zip(names, places, strict=True)}
    return replace(figure, parts=parts, joints=joints)


def _on_head(view, point) -> tuple[float, float]:
    x, y = view.place([point])[0].tolist()
    return x, y


def _body(sketch: Sketch, r: Rig) -> None:
    o = r.looks.outfit
    body.add_trunk(sketch, r, TRUNK)
    bottoms.add_seat(sketch, r, SEAT + 0.5)
    tucked = o.top in tops.TUCKED
    knees = [r.joints[f"{side}_knee"] - r.joints["hips"] for side, _ in SIDES]
    sits = all(k[2] > 0.35 * r.size.thigh for k in knees)
    raised = sits or (min(k[1] for k in knees) < -0.1 and r.facing > -0.3)
    raised = raised and not r.pose.lies
    base = LEGS if not raised else 30.0
    depth = {
        side: r.joints[f"{side}_knee"][2] + 0.5 * r.joints[f"{side}_foot"][2] for side, _ in SIDES
    }
    for rank, side in enumerate(sorted(depth, key=depth.get)):
        layer = base + 4 * rank
        body.add_leg(sketch, r, side, layer)
        bottoms.add_sock(sketch, r, side, layer + 0.5)
        bottoms.add_shoe(sketch, r, side, layer + 1.0)
        bottoms.add_trouser(
            sketch, r, side, layer + (0.8 if o.shoes in ("boots", "long boots") else 1.6)
        )
    skirt = bottoms.add_skirt(sketch, r, base + 9.5)
    top = SEAT if tucked else TOP
    tops.add_top(sketch, r, top)
    if o.pattern != "none":
        if o.pattern_on != "bottom" or skirt is None:
            rings = trunk_rings(r, tops.ease(r))
            details.add_pattern(
                sketch, r, rings, tops.TOP, spot(tops.hem_level(r)), spot(0.9), top + 0.05, "top"
            )
        if o.pattern_on != "top" and skirt is not None:
            details.add_pattern(sketch, r, skirt, bottoms.SKIRT, 0.0, 4.0, base + 9.55, "skirt")
    away = r.facing < 0
    details.add_details(sketch, r, top + 0.3)
    outer.add_apron(sketch, r, 24.0)
    details.add_belt(sketch, r, 30.0 if not raised else 28.0)
    outer.add_coat(sketch, r, 32.0 if not raised else 28.5, -30.0)
    collars.add_collar(sketch, r, 33.0 if o.coat == "none" else 31.0)
    collars.add_neckwear(sketch, r, 34.0)
    outer.add_cape(sketch, r, -50.0, 45.0, 35.0)
    outer.add_backpack(sketch, r, -55.0, 46.0, 44.0)
    extras.add_wings(sketch, r, -70.0 if not away else 49.5)
    extras.add_tail(sketch, r, -65.0, 47.0)
    for side, _ in SIDES:
        _arm(sketch, r, side)
    if r.pose.reads:
        book.add_book(sketch, r, ARM - 0.5, HAND_BEFORE - 0.5)


def _arm(sketch: Sketch, r: Rig, side: str) -> None:
    o = r.looks.outfit
    before = body.limb_layer(r, side) > 0
    layer = ARM if before else ARM_BEHIND
    hand, chin = r.joints[f"{side}_hand"], r.joints["chin"]
    near = abs(hand[0] - chin[0]) < 0.6 and -1.0 < hand[1] - chin[1] < 0.25
    if before and near and hand[2] > r.joints["head"][2] - 0.05:
        layer = HAND_BEFORE
    layer += 1.0 * (
        r.joints[f"{side}_hand"][2] > r.joints[f"{'right' if side == 'left' else 'left'}_hand"][2]
    )
    body.add_arm(sketch, r, side, layer, before)
    tops.add_glove(sketch, r, side, layer + 0.2)
    tops.add_sleeve(
        sketch,
        r,
        side,
        layer + 0.4,
        before,
        o.sleeves,
        f"sleeve.{side}",
        "top",
        tops.ease(r) * 0.9,
        o.cuffs,
        "trim",
    )
    if r.chance(33) > 0.3:  # else the coat hangs over the shoulders
        outer.add_coat_sleeve(sketch, r, side, layer + 0.6, before)


def _head(sketch: Sketch, r: Rig, view) -> None:
    h = r.looks.hair
    face.add_face(sketch, r, view, HEAD)
    spectacles.add_beard(sketch, r, view, HEAD + 4.5)
    spectacles.add_glasses(sketch, r, view, HEAD + 7)
    extras.add_animal_ears(sketch, r, view, HAT - 2.5)
    extras.add_horns(sketch, r, view, HAT - 2)
    if r.looks.extras.hat in OPEN_HATS:
        extras.add_halo(sketch, r, view, HAT + 5)
    hats.add_hat(sketch, r, view, HAT, BACK_HAIR + 2)
    if h.bald:
        return
    hair.add_back(sketch, r, view, BACK_HAIR, HAIR_BEFORE)
    hair.add_cap(sketch, r, view, CAP)
    hair.add_bangs(sketch, r, view, BANGS)
    if r.looks.extras.hat in OPEN_HATS:
        hair_ends.add_ahoge(sketch, r, view, BANGS + 2)
    tails.add_tied(sketch, r, view, BACK_HAIR - 1, BANGS + 3)
