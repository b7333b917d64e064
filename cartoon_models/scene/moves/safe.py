"""The largest move that reveals nothing that is not there.

Nothing is rendered for it where the plate is filled: homographies take the corners of the frame to
the plate, which is convex, so a frame lies on the plate if its corners do; and they take the edges
at which the picture cuts a layer to the frame. Only a plate with holes behind its layers is looked
at pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..camera import Camera
from ..data import LayeredScene
from ..geometry import Size, homographies, views
from ..outline import SIDES, Edge, cut_edges, enters, plate_edges
from ..reveal import coverages, missing_pixels
from .paths import Path, preset_path

LARGEST = 0.25
"""No safe amount is above this, as a share of the frame's width."""

_TRIALS = 32  # amounts that are looked at before the first that is not safe is narrowed down
_HALVINGS = 24
_THINNED = 16  # points of a bent edge for one that is looked at then
_SLACK = 1e-7  # pixels: rounding, less than what coverage allows for
_LEAST = 1e-5  # of the frame's width: less is no movement
_PIXEL_TRIALS = 8
_PIXEL_STEP = 1e-5  # of the frame's width


@dataclass(frozen=True)
class SafeMove:
    """How far a move may go.

    Attributes:
        amount: the largest safe one, 0 to `LARGEST`.
        reason: what is in the way of more, as the end of a sentence.
    """

    amount: float
    reason: str

    def __str__(self) -> str:
        if self.amount > 0:
            return f"{100 * self.amount:.1f} % of the frame's width; in the way: {self.reason}"
        return (
            f"no move is safe, so the camera stands still: {self.reason}; a zoom of 1.05 gives room"
        )


def safe_amount(name: str, scene: LayeredScene, size: Size | None = None, **options) -> float:
    """The largest amount of a preset up to which every frame shows only what is there.

    That is: the plate reaches to the corners of every frame, no pixel of it shows that was hidden
    and is not filled, no cut edge of a layer comes into the frame, and the camera passes no layer.

    A layer has a cut edge where the picture's border cut what it shows: a character that stands
    half out of the picture would be seen to end in a straight line. If the layer goes on beyond the
    border, as `build_scene` lets it, its own end there is the edge. If it does not, a character cut
    by the left border, say, leaves no safe truck at all, however large the plate's margin is; a
    lens zoom (``zoom=1.05``) gives room then. Moves along the border it is cut by, and forward, are
    free.

    Args:
        name: one of `presets.PRESETS`.
        size: ``(H, W)`` of the frames; the picture's by default.
        options: the others of `presets.camera_preset`: ``frames``, ``fps``, ``easing``,
            ``instance``, ``seed``, ``loop``, ``reverse``, ``zoom``.

    Returns:
        0 to `LARGEST`. Smaller amounts are safe as well.
    """
    return largest_safe(preset_path(name, scene, **options), scene, size).amount


def largest_safe(path: Path, scene: LayeredScene, size: Size | None = None) -> SafeMove:
    """The largest safe amount of any family of cameras, and what is in the way of a larger one.

    Args:
        path: the camera for an amount; the further the larger that is.
    """
    frame = size or scene.size
    edges = (plate_edges(scene) if scene.plate.relief is not None else []) + cut_edges(scene)
    thinned = [edge.thinned(_THINNED) for edge in edges]

    def obstacle(amount: float, among: list[Edge] = edges) -> str | None:
        try:
            camera = path(amount)
        except ValueError as error:
            return str(error).rstrip(".")
        return _obstacle(scene, camera, frame, among)

    trials = np.linspace(0, LARGEST, _TRIALS + 1).tolist()
    found = _narrowed(obstacle, trials, _HALVINGS, lambda amount: obstacle(amount, thinned))
    missing = missing_pixels(scene)
    if missing.any():
        found = _narrowed_by_pixels(path, scene, frame, missing, found)
    return found if found.amount >= _LEAST else SafeMove(0.0, found.reason)


Obstacle = Callable[[float], str | None]


def _narrowed(
    obstacle: Obstacle, amounts: list[float], halvings: int, first_look: Obstacle | None = None
) -> SafeMove:
    """The largest amount before the first that is not safe: first of those given, then between.

    Args:
        obstacle: why an amount is not safe; None if it is.
        first_look: the same, quicker, which may miss something.
    """
    first_look = first_look or obstacle
    place = next((n for n, amount in enumerate(amounts) if first_look(amount)), len(amounts))
    reason = f"more than {amounts[-1]:.2f} was not looked for"
    while place > 0 and (there := obstacle(amounts[place - 1])):
        place, reason = place - 1, there
    if place == 0:
        return SafeMove(0.0, obstacle(amounts[0]) or reason)
    safe = amounts[place - 1]
    if place == len(amounts):
        return SafeMove(safe, reason)
    unsafe = amounts[place]
    reason = obstacle(unsafe) or reason
    for _ in range(halvings):
        middle = (safe + unsafe) / 2
        there = obstacle(middle)
        if there is None:
            safe = middle
        else:
            reason, unsafe = there, middle
    return SafeMove(safe, reason)


def _narrowed_by_pixels(
    path: Path, scene: LayeredScene, frame: Size, missing: np.ndarray, bound: SafeMove
) -> SafeMove:
    """The same for holes of the plate. Frames that showed one are looked at first the next time."""
    order: list[int] = []

    def obstacle(amount: float) -> str | None:
        camera = path(amount)
        if not order:
            order.extend(range(len(camera)))
        for place, share in enumerate(coverages(scene, camera.frames(order), frame, missing)):
            if share < 1:
                order.insert(0, order.pop(place))
                return "the plate is not filled there"
        return None

    amounts = np.linspace(0, bound.amount, _PIXEL_TRIALS + 1).tolist()
    halvings = int(np.ceil(np.log2(max(2.0, amounts[1] / _PIXEL_STEP))))
    found = _narrowed(obstacle, amounts, halvings)
    return bound if found.amount == bound.amount else found


def _obstacle(scene: LayeredScene, camera: Camera, frame: Size, edges: list[Edge]) -> str | None:
    """What a camera shows that is not there, or None."""
    found = _passed(scene, camera, frame)
    if found is None:
        found = _off_plate(scene, camera, frame)
    if found is not None:
        return found
    across, along = (part.numpy() for part in views(scene, camera, frame))
    for edge in edges:
        if enters(scene, edge, across, along, frame):
            return f"{edge} would be seen"
    return None


def _off_plate(scene: LayeredScene, camera: Camera, frame: Size) -> str | None:
    """Which end of a flat plate some frame shows. Of a plate with relief, whose ends are edges to
    be kept out, only the middle of the frame is looked at: it must not be beyond them."""
    matrices = homographies(scene, camera, [scene.plate], frame)[:, 0].numpy()
    height, width = frame
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]).T
    if scene.plate.relief is not None:
        corners = np.array([[width / 2], [height / 2], [1]])
    u, v, w = np.moveaxis(np.linalg.inv(matrices) @ corners, 1, 0)
    if not (w > 0).all():
        return "the camera would see beyond the plate's horizon"
    left, top, right, bottom = scene.plate.box
    beyond = (left - u / w, top - v / w, u / w - right, v / w - bottom)
    worst = int(np.argmax([side.max() for side in beyond]))
    if beyond[worst].max() > _SLACK:
        return f"the plate ends at its {SIDES[worst]} edge"
    return None


def _passed(scene: LayeredScene, camera: Camera, frame: Size) -> str | None:
    """Which layer is partly behind the camera in some frame."""
    rows = homographies(scene, camera, None, frame)[:, :, 2].numpy()
    along = views(scene, camera, frame)[1][:, 2].numpy()
    for number, layer in enumerate(scene.layers, 1):
        left, top, right, bottom = layer.box
        corners = np.array([[left, top, 1], [right, top, 1], [left, bottom, 1], [right, bottom, 1]])
        third = rows[:, number] @ corners.T
        if layer.relief is not None:
            relief = np.array([float(layer.relief.min()), float(layer.relief.max())])
            third = third + np.minimum(along * relief[0], along * relief[1])[:, None]
        if not (third > 0).all():
            return f"the camera would pass {layer.name}"
    return None
