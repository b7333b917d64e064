"""The moves of a camera, as film has them: poses for how far each has come.

Every move is a function of how far it has come, float64 ``[F]`` from 0 to 1, and of its amount: by
what share of the frame's width the nearest layer moves from one end of the move to the other. Moves
to the side run from half the amount on one side of where the picture was taken to half on the
other, so that each side reveals the least; moves forward and back start or end at the picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ..camera import Camera

TURN = 2 * math.pi
AUTO_ZOOM = 0.125
"""The amount at which "auto-zoom" enlarges the nearest layer 1.25 times, as published."""
# The published one tries shifts of up to 100 pixels in pictures of up to 1024, where 1.25 leaves
# room for a tenth of the width.
_AUTO_ZOOM_REACH = (100 / 1024) / 0.1


@dataclass(frozen=True, eq=False)
class Stage:
    """What a move needs to know of the scene.

    Attributes:
        focal: focal length of the lens at the start, in widths of the picture.
        near: disparity of the nearest layer, or nearer; see `subject.near_disparity`.
        ray: float64 ``[3]``, direction to the subject, z is 1.
        subject: disparity of the subject.
        fps: frames per second.
        seed: of what chance decides.
        loop: whether the frame after the last is the first.
        direction: ``(x, y)``, -1 to 1, where the auto-zoom heads.
    """

    focal: float
    near: float
    ray: Tensor
    subject: float
    fps: float = 25.0
    seed: int = 0
    loop: bool = False
    direction: tuple[float, float] = (0.0, 0.0)

    def aside(self, share: Tensor | float) -> Tensor | float:
        """How far to move so that the nearest layer moves by a share of the frame's width."""
        return share / (self.focal * self.near)

    def forward(self, amount: float) -> float:
        """How far to move so that points of the nearest layer at the frame's left and right edge
        move by a share of its width: they then are ``1 + 2 amount`` times as far apart."""
        return (1 - 1 / (1 + 2 * amount)) / self.near


def still(stage: Stage, along: Tensor, amount: float) -> Camera:
    return pose(stage, along)


def push_in(stage: Stage, along: Tensor, amount: float) -> Camera:
    """Forward on the line to the subject, which therefore stays where it is in the frame."""
    return pose(stage, along, along[:, None] * stage.forward(amount) * stage.ray)


def pan(stage: Stage, along: Tensor, amount: float) -> Camera:
    return pose(stage, along, shifts=_columns(x=-amount * (along - 0.5))[:, :2])


def tilt(stage: Stage, along: Tensor, amount: float) -> Camera:
    return pose(stage, along, shifts=_columns(y=amount * (along - 0.5))[:, :2])


def truck(stage: Stage, along: Tensor, amount: float) -> Camera:
    return pose(stage, along, _columns(x=stage.aside(amount * (along - 0.5))))


def pedestal(stage: Stage, along: Tensor, amount: float) -> Camera:
    return pose(stage, along, _columns(y=-stage.aside(amount * (along - 0.5))))


def arc(stage: Stage, along: Tensor, amount: float) -> Camera:
    aside = stage.aside(amount * (along - 0.5))
    return pose(stage, along, *around_subject(stage, aside, torch.zeros_like(aside)))


def orbit(stage: Stage, along: Tensor, amount: float) -> Camera:
    radius = stage.aside(amount / 2)
    x, y = radius * torch.sin(TURN * along), -radius * torch.cos(TURN * along)
    return pose(stage, along, *around_subject(stage, x, y))


def parallax_loop(stage: Stage, along: Tensor, amount: float) -> Camera:
    """A lying ellipse, half as high as wide."""
    radius = stage.aside(amount / 2)
    x, y = radius * torch.sin(TURN * along), -radius / 2 * torch.cos(TURN * along)
    return pose(stage, along, _columns(x, y))


def dolly_zoom(stage: Stage, along: Tensor, amount: float) -> Camera:
    """Straight back while the lens zooms in so that the subject keeps its size.

    From z further forward a point at disparity d is seen ``1 / (1 - z d)`` times as far off the
    middle of the frame. The lens undoes that for the disparity of the subject, which so keeps its
    place as well.
    """
    back = -along * stage.forward(amount)
    return pose(stage, along, _columns(z=back), focals=stage.focal * (1 - back * stage.subject))


def auto_zoom(stage: Stage, along: Tensor, amount: float) -> Camera:
    """Forward to a crop of the nearest layer, off the middle where that shows the least of what was
    hidden; the crop stays within the picture."""
    reach = _AUTO_ZOOM_REACH * amount / (1 + 2 * amount)
    x, y = (stage.aside(reach * side) for side in stage.direction)
    return pose(stage, along, _columns(along * x, along * y, along * stage.forward(amount)))


def handheld(stage: Stage, along: Tensor, amount: float) -> Camera:
    """Sways that never quite repeat: half of it from the hand's place, half from its turning."""
    count = len(along)
    time = torch.arange(count, dtype=torch.float64) / stage.fps
    sway = _sway(time, 6, stage.seed, count / stage.fps if stage.loop else None)
    places = stage.aside(sway[:, :3] * torch.tensor([1.0, 0.7, 0.5]).double() * amount / 4)
    angles = torch.atan(sway[:, 3:5] * torch.tensor([1.0, 0.7]).double() * amount / 4 / stage.focal)
    roll = sway[:, 5] * amount / 4
    return pose(stage, along, places, turned(angles[:, 0], angles[:, 1], roll))


MOVES: dict[str, Callable[[Stage, Tensor, float], Camera]] = {
    "still": still,
    "push-in": push_in,
    "pull-out": push_in,
    "pan": pan,
    "tilt": tilt,
    "truck": truck,
    "pedestal": pedestal,
    "arc": arc,
    "orbit": orbit,
    "dolly-zoom": dolly_zoom,
    "handheld": handheld,
    "loop": parallax_loop,
    "auto-zoom": auto_zoom,
}


def pose(
    stage: Stage,
    along: Tensor,
    positions: Tensor | None = None,
    rotations: Tensor | None = None,
    focals: Tensor | None = None,
    shifts: Tensor | None = None,
) -> Camera:
    """A camera that, where nothing else is said, stands still."""
    count = len(along)
    rest = Camera.still(stage.focal, max(count, 1), stage.fps)
    return Camera(
        rest.positions[:count] if positions is None else positions,
        rest.rotations[:count] if rotations is None else rotations,
        rest.focals[:count] if focals is None else focals,
        rest.shifts[:count] if shifts is None else shifts,
        stage.fps,
    )


def turned(yaw: Tensor, pitch: Tensor, roll: Tensor) -> Tensor:
    """Rotations float64 ``[F, 3, 3]`` of a camera that turns to the right, then down, then about
    its own axis, clockwise as its operator sees it. Angles ``[F]`` in radians."""
    about_y = _plane_rotation(yaw, 2, 0)
    about_x = _plane_rotation(pitch, 2, 1)
    about_z = _plane_rotation(roll, 0, 1)
    return about_z @ about_x @ about_y


def around_subject(stage: Stage, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Positions and rotations of a camera that went about this far aside and down on a sphere round
    the subject, which it keeps at its place in the frame.

    The camera is turned rigidly about the subject P = ray / d. A turn that brings a camera straight
    before P aside by v has the sine ``|v| d``; with w = d (y, -x, 0) it is ``I + [w] + [w]^2 /
    (1 + cos)`` (Rodrigues), and the camera's place ``P - turn P``. Written with v in place of
    w / d this holds for d = 0 as well: there it is a truck.
    """
    zero = torch.zeros_like(x)
    cross = _cross_matrix(torch.stack([y, -x, zero], dim=-1))
    sine = torch.hypot(x, y) * stage.subject
    if bool((sine.abs() >= 1).any()):
        raise ValueError("The camera cannot go that far round its subject; give a smaller amount.")
    cosine = torch.sqrt(1 - sine**2)[:, None, None]
    squared = cross @ cross * stage.subject / (1 + cosine)
    positions = -((cross + squared) @ stage.ray)
    rotations = torch.eye(3).double() - stage.subject * cross + stage.subject * squared
    return positions, rotations


def _columns(x: Tensor | float = 0.0, y: Tensor | float = 0.0, z: Tensor | float = 0.0) -> Tensor:
    count = max(len(axis) for axis in (x, y, z) if isinstance(axis, Tensor))
    columns = [torch.as_tensor(axis, dtype=torch.float64).expand(count) for axis in (x, y, z)]
    return torch.stack(columns, dim=-1)


def _plane_rotation(angle: Tensor, forward: int, aside: int) -> Tensor:
    """Takes a direction that lies the angle from one axis towards another to the first axis."""
    result = torch.eye(3, dtype=torch.float64).repeat(len(angle), 1, 1)
    result[:, forward, forward] = result[:, aside, aside] = torch.cos(angle)
    result[:, forward, aside] = torch.sin(angle)
    result[:, aside, forward] = -torch.sin(angle)
    return result


def _cross_matrix(vectors: Tensor) -> Tensor:
    """``[..., 3, 3]`` whose product with b is the cross product of the vectors with b."""
    x, y, z = vectors.unbind(-1)
    zero = torch.zeros_like(x)
    rows = [zero, -z, y, z, zero, -x, -y, x, zero]
    return torch.stack(rows, dim=-1).unflatten(-1, (3, 3))


def _sway(time: Tensor, channels: int, seed: int, period: float | None) -> Tensor:
    """Smooth noise ``[F, channels]`` within -1 to 1: sums of waves of 0.15 to 1.6 Hz, the slow ones
    the largest. With a period in seconds every wave fits into it a whole number of times."""
    generator = torch.Generator().manual_seed(seed)
    waves = 5
    drawn = torch.rand(2, channels, waves, generator=generator, dtype=torch.float64)
    steps = (torch.arange(waves, dtype=torch.float64) + drawn[0]) / waves
    rates = 0.15 * (1.6 / 0.15) ** steps
    if period is not None:
        rates = (rates * period).round().clamp(min=1) / period
    strengths = 1 / rates
    strengths = strengths / strengths.sum(dim=-1, keepdim=True)
    angles = TURN * (rates * time[:, None, None] + drawn[1])
    return (strengths * torch.sin(angles)).sum(dim=-1)
