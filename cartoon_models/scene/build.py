"""A picture taken apart: its characters as layers, in order, before a filled background plate."""

from __future__ import annotations

import logging
from dataclasses import replace

import cv2
import numpy as np
import torch
from torch import Tensor

from ..instances.data import Instances, require_size
from ..picture import as_tensor
from ..progress import Progress
from .data import FOCAL, Layer, LayeredScene
from .depth.anchor import MODES, anchor, background_plane
from .depth.guess import guess_depth
from .depth.reading import Depth, read_depth
from .layers.carried_on import carried_on
from .layers.matte import Cutout, cut_outs
from .layers.pixels import continued
from .layers.plate_pixels import plate_pixels
from .layers.recombine import coverage, lead_over, recombine, visible
from .layers.things import Thing, things_of
from .layers.traces import lift_traces
from .plate.filling import Plate
from .plate.refill import fill_scene

log = logging.getLogger("celkit")

_STEPS = 10  # of progress; filling the plate is most of the work

FILLS = ("auto", "diffuse", "patchmatch", "cv2", "none")


def build_scene(
    picture: Tensor | np.ndarray,
    found: Instances,
    depth: Depth | Tensor | np.ndarray | None = None,
    plate: Plate | Tensor | np.ndarray | None = None,
    *,
    mode: str = "foot",
    margin: float = 0.1,
    occluders: bool = True,
    complete: bool = False,
    relief: bool = True,
    focal: float = FOCAL,
    fill: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
) -> LayeredScene:
    """Take a picture apart into a background plate and layers before it.

    The camera that took the picture sees the picture again, exactly: layers have clean edge colours
    and soft edges, and what is left of a pixel is the plate's. Characters that the picture's edge
    cuts off go on into the margin with pieces of themselves.

    Args:
        picture: ``[H, W]`` or ``[H, W, 1|3|4]``; a fourth channel is its transparency.
        found: the characters, each of which becomes a layer. Empty masks and those that others
            hide wholly are left out, and of none at all the whole picture becomes one layer with
            a relief; the log says so.
        depth: a depth picture of any size (see `read_depth`, for its polarity and kind too), a
            `Depth`, or None for a guess from where the characters stand.
        plate: the background without the characters: a picture ``[H, W, 3|4]`` (alpha 0: not
            known) of the picture's size or with the margin around it, or a `Plate`. Only what the
            picture does not show is taken of it. None: nothing is known.
        mode: where a character stands; see `anchor`. One of `MODES`.
        margin: how far the plate goes on past each side, as a share of the picture's width.
        occluders: make layers of background that stands before a character (needs a depth).
        complete: add to masks the drawn regions beside them that they miss, as those of small
            networks do; exact masks lose by it. See `completed_masks`.
        relief: let the plate follow the depth; otherwise it is a slanted plane.
        focal: focal length of the camera, in widths of the picture.
        fill: what fills in what is not known of the plate, one of `FILLS`; see `fill_background`.
            ``"none"`` leaves it open; `fill_scene` can do it later, for a camera.
        seed: chance in the filling, of the plate and of layers that the picture's edge cuts off.
        progress: called with (done, total).

    Returns:
        The scene, on the picture's device.

    Raises:
        ValueError: sizes that differ, a word that is not known, a margin that is not 0 to 1, or
            what `read_depth` and `Plate` say of theirs.
    """
    if mode not in MODES:
        raise ValueError(f"Anchor {mode!r} is not known; use one of {', '.join(MODES)}.")
    if fill not in FILLS:
        raise ValueError(f"Fill method {fill!r} is not known; use one of {', '.join(FILLS)}.")
    if not 0 <= margin <= 1:
        raise ValueError(f"The margin is from 0 to 1 of the picture's width, not {margin}.")
    has_alpha = not isinstance(picture, (Tensor, np.ndarray)) or (
        picture.ndim == 3 and picture.shape[2] == 4
    )
    pixels = as_tensor(picture, channels=4 if has_alpha else 3)
    device = pixels.device
    size = tuple(pixels.shape[:2])
    require_size("The picture", size, found.size)
    colors = pixels[..., :3].cpu().numpy()
    opacity = pixels[..., 3].cpu().numpy() if has_alpha else None
    if opacity is not None and float(opacity.min()) == 1:
        opacity = None
    step = progress or (lambda done, total: None)
    step(0, _STEPS)
    is_given = depth is not None
    depth = _depth(depth, found, pixels)
    disparity = depth.disparity.numpy()
    border = round(margin * size[1])
    things, order = things_of(colors, found, disparity, mode, occluders and is_given, complete)
    step(1, _STEPS)
    cuts = _cuts(colors, opacity, [thing.mask for thing in things], order)
    for thing, cut in zip(things, cuts, strict=True):
        if cut is None:
            log.warning("Of %s nothing is visible; it is no layer.", thing.name)
    kept = [(things[index], cuts[index]) for index in order if cuts[index] is not None]
    step(2, _STEPS)
    behind, offset = plate_pixels(plate, size, border)
    cutouts = _fit(colors, opacity, [cut for _, cut in kept], behind, offset)
    kept = [(thing, cut) for (thing, _), cut in zip(kept, cutouts, strict=True)]
    made = _assembled(kept, behind, offset, disparity, size, focal, mode, relief, seed)
    step(3, _STEPS)
    # Of a cut-out before nothing there is no background to go on with.
    if fill != "none" and (opacity is None or _shows_plate(made)):
        made = fill_scene(made, method=fill, seed=seed, progress=_rest_of(step, 3)).scene
    if not made.layers:
        log.warning(
            "There are no instances to make layers of: the whole picture is one layer with a "
            "relief by its depth."
        )
        made = _whole(made, disparity)
    step(_STEPS, _STEPS)
    return made.to(device)


def _rest_of(step: Progress, begun: int) -> Progress:
    """Progress of the last part of the work, as that of all of it."""

    def report(done: int, total: int) -> None:
        step(begun + (_STEPS - begun) * done // max(total, 1), _STEPS)

    return report


def _depth(depth: Depth | Tensor | np.ndarray | None, found: Instances, picture: Tensor) -> Depth:
    size = tuple(picture.shape[:2])
    if depth is None:
        return guess_depth(size, found, picture)
    if not isinstance(depth, Depth):
        return read_depth(depth, found, size)
    if depth.size != size:
        require_size("The depth", depth.size, found.size)
    return depth


def _cuts(
    colors: np.ndarray, opacity: np.ndarray | None, masks: list[np.ndarray], order: list[int]
) -> list[Cutout | None]:
    """What is cut out, no more opaque than the picture, whose own soft edges are the best."""
    if opacity is None:
        return cut_outs(colors, masks, order)
    opaque = opacity >= 0.5
    if opaque.any():  # colours of see-through pixels mean nothing
        colors = continued(colors, opaque, ~opaque)
    cuts = cut_outs(colors, [np.minimum(mask, opacity) for mask in masks], order, ~opaque)
    beside = cv2.dilate((~opaque).astype(np.uint8), np.ones((11, 11), np.uint8)) > 0
    for cut in filter(None, cuts):
        own, alpha = opacity[cut.place], cut.alpha
        is_own = ((alpha > 0) & (own < 1)) | ((alpha > 0.5) & beside[cut.place])
        cut.alpha[:] = np.where(is_own, own, alpha)
    return cuts


def _shows_plate(scene: LayeredScene) -> bool:
    return bool((scene.plate.rgba[..., 3] >= 0.5).any())


def _fit(
    colors: np.ndarray,
    opacity: np.ndarray | None,
    cutouts: list[Cutout],
    behind: np.ndarray,
    offset: tuple[int, int],
) -> list[Cutout]:
    """The layers that mix to the picture with the plate, which is changed in place."""
    height, width = colors.shape[:2]
    level = is_level = None
    if opacity is None:
        cutouts, level, is_level = lift_traces(colors, cutouts)
    place = slice(-offset[1], height - offset[1]), slice(-offset[0], width - offset[0])
    open_to = coverage(cutouts, (height, width))
    within = behind[place]
    shown = open_to > 0
    if opacity is None:
        alpha = np.where(shown, 1, within[..., 3])
    else:  # what the layers leave of the picture's own
        rest = 1 - (1 - opacity) / np.maximum(open_to, 1e-6)
        alpha = np.where(shown, np.clip(rest, 0, 1), within[..., 3])
    seen = visible(open_to)
    unknown = within[..., 3] <= 0
    filled = within[..., :3]
    if unknown.any():  # at the layers' edges it is what the background is like beside them
        near = cv2.erode(seen.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        near = near if near.any() else seen
        beside = continued(colors, near, unknown & ~seen) if near.any() else colors
        filled = np.where(unknown[..., None], beside, filled)
    plate = lead_over(filled, colors, seen, unknown)
    if is_level is not None:
        is_level &= shown & ~seen
        plate[is_level] = level[is_level]
    alpha = alpha.astype(np.float32)
    recombine(colors, opacity, cutouts, plate, alpha, is_level)
    within[..., :3], within[..., 3] = plate, alpha
    return cutouts


def _assembled(
    kept: list[tuple[Thing, Cutout]],
    behind: np.ndarray,
    offset: tuple[int, int],
    disparity: np.ndarray,
    size: tuple[int, int],
    focal: float,
    mode: str,
    relief: bool,
    seed: int,
) -> LayeredScene:
    """The scene of what was cut out; ``behind`` is the plate with straight alpha."""
    height, width = behind.shape[:2]
    box = (offset[0], offset[1], offset[0] + width, offset[1] + height)
    gone = np.zeros(size, np.float32)
    for _, cutout in kept:
        np.maximum(gone[cutout.place], cutout.alpha > 0, out=gone[cutout.place])
    plane, bumps = background_plane(disparity, gone, box=box, relief=relief)
    if bumps is not None and float(bumps.abs().max()) < 1e-3:
        bumps = None
    plate = Layer("plate", torch.from_numpy(_premultiplied(behind)), offset, plane, bumps)
    layers = []
    for thing, cutout in kept:
        rgba = np.dstack([cutout.colors, cutout.alpha])
        rgba, corner = carried_on(_premultiplied(rgba), cutout.box, box, size, seed)
        plane, bumps = thing.plane, None
        if mode == "relief" and thing.instance is not None:
            part = (*corner, corner[0] + rgba.shape[1], corner[1] + rgba.shape[0])
            found, bumps = anchor(disparity, thing.mask, mode, box=part)
            plane = (found[0] + thing.shift, *found[1:])
        layers.append(
            Layer(thing.name, torch.from_numpy(rgba), corner, plane, bumps, thing.instance)
        )
    return LayeredScene(plate, tuple(layers), size, focal)


def _whole(scene: LayeredScene, disparity: np.ndarray) -> LayeredScene:
    """The plate once more as a layer that follows the depth, before itself as a far plane."""
    plate = scene.plate
    everything = np.ones(scene.size, np.float32)
    plane, bumps = anchor(disparity, everything, "relief", box=plate.box)
    layer = Layer("picture", plate.rgba, plate.offset, plane, bumps)
    # Not where it is see-through: painted twice it would be less so.
    solid = plate.rgba * (plate.rgba[..., 3:] == 1)
    far = (float(disparity.min()), 0.0, 0.0)
    return replace(scene, plate=replace(plate, rgba=solid, plane=far, relief=None), layers=(layer,))


def _premultiplied(rgba: np.ndarray) -> np.ndarray:
    result = np.ascontiguousarray(rgba, dtype=np.float32)
    result[..., :3] *= result[..., 3:]
    return result
