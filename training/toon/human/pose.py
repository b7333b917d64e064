"""A pose of a human: angles within the limits of joints and an expression; cycles of movement.

Angles are degrees. Pairs are (left, right) of the figure itself: a figure that looks at us has its
left on our right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

Pair = tuple[float, float]
MOUTHS = ("line", "smile", "frown", "open", "laugh", "o", "cat", "wavy", "teeth", "pout", "smirk")
HANDS = ("relaxed", "open", "fist", "point", "peace")
LIES = 50.0  # degrees of roll
# Ways to hold the arms: forward, out, elbow, elbow_turn.
ARMS = {
    "down": (0, 9, 12, 0),
    "relaxed": (4, 14, 22, 30),
    "behind": (-28, 16, 40, 60),
    "hip": (-12, 48, 98, 88),
    "raised": (0, 155, 18, -40),
    "wave": (10, 82, 88, -88),
    "forward": (80, 8, 12, 0),
    "spread": (0, 80, 12, 0),
    "chest": (30, 16, 118, 48),
    "chin": (42, 10, 138, 20),
    "crossed": (28, 14, 98, 84),
    "cheer": (150, 20, 30, 0),
    "head": (62, 70, 128, -70),
    "lap": (30, 12, 52, 38),
    "point": (88, 22, 4, 0),
    "bent": (6, 14, 88, 6),
    "backswing": (-42, 10, 34, 0),
}


@dataclass(frozen=True)
class Pose:
    """One moment of a figure.

    Attributes:
        yaw: where the body looks: 0 at us, 90 to our right, 180 away. Any number.
        pitch: how far we look down on it.
        roll: the whole figure turned in the picture, clockwise; beyond `LIES` it lies.
        ground: how far we look down on the ground that it lies on; of those who do not, pitch
            says it.
        lean, bend, twist: of the spine: forward, to its left, chest against hips.
        head_yaw, head_pitch, head_roll: of the head against the body; pitch 20 looks down.
        arm_forward, arm_out: of the upper arms, from hanging down.
        elbow: 0 straight, 150 folded.
        elbow_turn: where the forearm folds to: 0 forward, 90 inward (or down), -90 outward (or up).
        hands: shapes of the hands, names of `HANDS`.
        leg_forward, leg_out, knee, foot: of the legs; foot 0 is flat, 60 on tiptoe.
        hips_tilt: of the pelvis to its left.
        lift: how far the lowest point is off the floor, share of the leg.
        sway: -1..1, where the wind blows hair and skirts, to our right.
        eyes: how far each is open, 0..1.
        gaze: where the pupils look, -1..1, right and down.
        mouth: one of `MOUTHS`; mouth_open: 0..1 of those that open.
        brow: -1 angry, 0, 1 worried; brow_lift: -1..1.
        blush: 0..1.
        reads: a book in both hands.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    ground: float = 0.0
    lean: float = 0.0
    bend: float = 0.0
    twist: float = 0.0
    head_yaw: float = 0.0
    head_pitch: float = 0.0
    head_roll: float = 0.0
    arm_forward: Pair = (0.0, 0.0)
    arm_out: Pair = (10.0, 10.0)
    elbow: Pair = (10.0, 10.0)
    elbow_turn: Pair = (0.0, 0.0)
    hands: tuple[str, str] = ("relaxed", "relaxed")
    leg_forward: Pair = (0.0, 0.0)
    leg_out: Pair = (4.0, 4.0)
    knee: Pair = (0.0, 0.0)
    foot: Pair = (0.0, 0.0)
    hips_tilt: float = 0.0
    lift: float = 0.0
    sway: float = 0.0
    eyes: Pair = (1.0, 1.0)
    gaze: Pair = (0.0, 0.0)
    mouth: str = "line"
    mouth_open: float = 0.5
    brow: float = 0.0
    brow_lift: float = 0.0
    blush: float = 0.0
    reads: bool = False

    @property
    def lies(self) -> bool:
        """Whether it lies."""
        return abs((self.roll + 180) % 360 - 180) > LIES


def blend(a: Pose, b: Pose, t: float) -> Pose:
    """The pose between two: numbers in proportion, names of the nearer one; yaw the short way."""
    values = {}
    for field in fields(Pose):
        u, v = getattr(a, field.name), getattr(b, field.name)
        if field.name == "yaw":
            v = u + (v - u + 180) % 360 - 180
        if isinstance(u, (str, bool)) or (isinstance(u, tuple) and isinstance(u[0], str)):
            values[field.name] = u if t < 0.5 else v
        elif isinstance(u, tuple):
            values[field.name] = tuple(p + (q - p) * t for p, q in zip(u, v, strict=True))
        else:
            values[field.name] = u + (v - u) * t
    return Pose(**values)


def walk_pose(base: Pose, t: float, *, run: float = 0.0) -> Pose:
    """A step of a walk (run 0) or a run (1); `t` 0..1 is one cycle of two steps."""
    phase = 2 * math.pi * t
    swing, lifted = math.sin(phase), math.cos(phase)
    reach = 24 + 26 * run
    knees = [max(0.0, lifted * s) * (46 + 44 * run) + 6 + 10 * run for s in (1, -1)]
    return replace(
        base,
        leg_forward=(reach * swing + 8 * run, -reach * swing + 8 * run),
        leg_out=(3.0, 3.0),
        knee=(knees[0], knees[1]),
        foot=(max(0.0, -swing) * 30, max(0.0, swing) * 30),
        arm_forward=(-(20 + 24 * run) * swing, (20 + 24 * run) * swing),
        arm_out=(8.0, 8.0),
        elbow=(16 + 66 * run, 16 + 66 * run),
        elbow_turn=(10.0, 10.0),
        twist=-6 * swing,
        lean=base.lean + 8 * run,
        lift=0.02 * (1 + math.cos(2 * phase)) * (0.5 + run),
        sway=base.sway + 0.25 * math.sin(phase - 0.8),
    )


def gesture_pose(base: Pose, t: float, kind: str = "wave") -> Pose:
    """A moment of a gesture in place, `t` 0..1 is one cycle: "wave", "nod", "blink", "talk",
    "breathe" or "bounce".

    Raises:
        ValueError: there is no such gesture.
    """
    s = math.sin(2 * math.pi * t)
    if kind == "wave":
        forward, out, elbow, turn = ARMS["wave"]
        return replace(
            base,
            arm_forward=(float(forward), base.arm_forward[1]),
            arm_out=(out + 6 * s, base.arm_out[1]),
            elbow=(elbow + 26 * s, base.elbow[1]),
            elbow_turn=(float(turn), base.elbow_turn[1]),
            hands=("open", base.hands[1]),
            head_roll=base.head_roll + 4 * s,
        )
    if kind == "nod":
        return replace(base, head_pitch=base.head_pitch + 12 * s, sway=base.sway + 0.1 * s)
    if kind == "blink":
        return replace(base, eyes=(abs(math.cos(math.pi * t)),) * 2)
    if kind == "talk":
        return replace(base, mouth="open", mouth_open=0.55 + 0.45 * s)
    if kind == "breathe":
        return replace(
            base, lean=base.lean + 1.5 * s, arm_out=tuple(a + 2 * s for a in base.arm_out)
        )
    if kind == "bounce":
        down = 0.5 - 0.5 * math.cos(2 * math.pi * t)
        return replace(
            base,
            leg_forward=tuple(a + 18 * down for a in base.leg_forward),
            knee=tuple(a + 36 * down for a in base.knee),
            sway=base.sway + 0.3 * s,
        )
    raise ValueError(f'there is no gesture "{kind}": wave, nod, blink, talk, breathe or bounce')
