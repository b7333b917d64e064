"""Frames drawn with torch, several at once: what a GPU does best.

Layers are kept in half precision where the device is not a CPU; sampling and blending are float32.
The same picture as `on_cpu`'s, but for rounding; OpenCV before 5 samples in steps of 1/32
pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..camera import Camera
from ..data import Layer, LayeredScene
from ..geometry import Size, plane_row
from .frame import Frame
from .lens_blur import disc_shares, held, several_discs, taking_part
from .pyramid import Pyramid
from .texture_torch import TorchTexture
from .warp import Shots, outline, shots

_FAR = -1e6  # a place that lies in no layer
_ROUNDING = 1e-3  # pixels


class TorchRenderer:
    """Draws what cameras see of one scene, on the device that the scene lies on.

    Args:
        size: ``(H, W)`` of the frames.
        interpolation: ``"bicubic"`` or ``"bilinear"``.
        depth_of_field: whether layers off the camera's focus are blurred.
    """

    def __init__(
        self, scene: LayeredScene, size: Size, interpolation: str, depth_of_field: bool
    ) -> None:
        self.scene, self.size, self.lens = scene, size, depth_of_field
        self.interpolation = interpolation
        self.device = scene.plate.rgba.device
        self.outlines = [outline(layer) for layer in scene.painted]
        self.rows = [plane_row(layer.plane, scene.size).tolist() for layer in scene.painted]
        self.pyramids = [
            Pyramid(TorchTexture.of(layer, layer is scene.plate)) for layer in scene.painted
        ]

    @torch.no_grad()
    def frames(self, camera: Camera, details: bool) -> Iterator[Frame]:
        """All frames of this camera, drawn together."""
        placed = shots(self.scene, camera, self.outlines, self.size, self.lens)
        count, (height, width) = len(camera), self.size
        pixels = torch.zeros(count, 4, height, width, device=self.device)
        depth = ids = None
        if details:
            depth = torch.zeros(count, height, width, device=self.device)
            ids = torch.full((count, height, width), -1, dtype=torch.int16, device=self.device)
        for number, layer in enumerate(self.scene.painted):
            seen, box = _seen(placed, number)
            if not seen:
                continue
            places = _Places(self, placed, seen, number, box)
            front = places.sample(self.pyramids[number])
            x1, y1, x2, y2 = box
            at = (slice(seen[0], seen[-1] + 1), slice(y1, y2), slice(x1, x2))
            behind = pixels[at[0], :, at[1], at[2]]
            behind.mul_(1 - front[:, 3:]).add_(front)
            if details:
                nearest = front[:, 3] >= 0.5
                depth[at] = torch.where(nearest, places.disparities(), depth[at])
                ids[at] = ids[at].masked_fill(
                    nearest, -1 if layer.instance is None else layer.instance
                )
        pixels = pixels.clamp_(0, 1)
        pictures = pixels[:, :3].permute(0, 2, 3, 1)
        for frame in range(count):
            picture = pictures[frame].clone(memory_format=torch.contiguous_format)
            if details:
                yield Frame(picture, pixels[frame, 3].clone(), depth[frame], ids[frame])
            else:
                yield Frame(picture)


def _seen(placed: Shots, layer: int) -> tuple[list[int], tuple[int, int, int, int]]:
    """From which to which frame the layer is seen, and the box that holds all of it there."""
    boxes = placed.boxes[:, layer]
    there = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    frames = there.nonzero()[0]
    if len(frames) == 0:
        return [], (0, 0, 0, 0)
    low, high = boxes[there].min(axis=0), boxes[there].max(axis=0)
    box = (int(low[0]), int(low[1]), int(high[2]), int(high[3]))
    return list(range(int(frames[0]), int(frames[-1]) + 1)), box


class _Places:
    """Where in the picture one layer is seen by a box of pixels of some frames."""

    def __init__(
        self,
        renderer: TorchRenderer,
        placed: Shots,
        frames: list[int],
        number: int,
        box: tuple[int, int, int, int],
    ) -> None:
        self.renderer, self.frames = renderer, frames
        self.layer: Layer = renderer.scene.painted[number]
        self.scale, self.discs = placed.scale[frames, number], placed.discs[frames, number]
        self.lens = placed.lens[frames, number]
        self.row = renderer.rows[number]
        x1, y1, x2, y2 = box
        xs = torch.arange(x1, x2, dtype=torch.float64) + 0.5
        ys = torch.arange(y1, y2, dtype=torch.float64) + 0.5
        inverse = torch.from_numpy(placed.inverse[frames, number])
        self.corners = _looked_at(placed.inverse[frames, number], box, placed.reach[frames, number])
        across = (inverse[:, :, 0, None] * xs).float()
        down = (inverse[:, :, 1, None] * ys + inverse[:, :, 2, None]).float()
        along = torch.from_numpy(placed.along[frames, number]).float()
        moved = torch.cat([across, down, along[:, :, None]], dim=2).to(renderer.device)
        across, down, along = moved.split([len(xs), len(ys), 1], dim=2)
        self.along = along.transpose(0, 1)[..., None]  # [3, F, 1, 1]
        u1, u2, self.u3 = (across[:, row, None, :] + down[:, row, :, None] for row in range(3))
        good = None
        if self.corners is None:
            good = self.u3 > 0
            divisor = torch.where(good, self.u3, 1)
            u1, u2 = u1 / divisor, u2 / divisor
        else:
            u1, u2 = u1.div_(self.u3), u2.div_(self.u3)
        self.x, self.y = u1, u2
        steps = int(placed.steps[frames, number].max())
        if steps:
            v1, v2, v3 = self.along
            to_x, to_y = v3 * u1 - v1, v3 * u2 - v2
            for _ in range(steps):
                height = self._height()
                self.x, self.y = u1 + height * to_x, u2 + height * to_y
        if good is not None and placed.behind[frames, number].any():
            self.x, self.y = torch.where(good, self.x, _FAR), torch.where(good, self.y, _FAR)

    def _within(self, bounds: tuple[float, float, float, float]) -> bool:
        """Whether all that is looked at lies so far in them that their rim is not seen."""
        if self.corners is None:
            return False
        (x1, y1), (x2, y2) = self.corners
        half = 0.5 / float(self.scale.min()) + _ROUNDING
        inside = x1 >= bounds[0] + half and y1 >= bounds[1] + half
        return bool(inside and x2 <= bounds[2] - half and y2 <= bounds[3] - half)

    def _height(self) -> Tensor:
        """The relief there."""
        grid = _grid(self.x, self.y, self.layer.box)
        relief = self.layer.relief[None, None].expand(len(grid), -1, -1, -1)
        return F.grid_sample(relief, grid, "bilinear", "border", align_corners=False)[:, 0]

    def disparities(self) -> Tensor:
        """Along the frames' cameras: ``[F, h, w]``."""
        slope_x, slope_y, start = self.row
        disparity = slope_x * self.x + slope_y * self.y + start
        if self.layer.relief is None:
            return disparity * self.u3
        height = self._height()
        return (disparity + height) * self.u3 / (1 + height * self.along[2])

    def sample(self, pyramid: Pyramid) -> Tensor:
        """Premultiplied pixels ``[F, 4, h, w]``."""
        chosen = []
        for scale, (middle, least, most) in zip(self.scale, self.discs, strict=True):
            discs = tuple(several_discs(least, most, scale))
            chosen.append((discs, pyramid.choose(scale, 0 if discs else middle / scale)))
        together = [(discs, [texture for texture, _ in textures]) for discs, textures in chosen]
        if all(other == together[0] and not other[0] for other in together):
            groups = [slice(0, len(chosen))]
        else:
            groups = [slice(frame, frame + 1) for frame in range(len(chosen))]
        drawn = [self._sample(pyramid, chosen[group], group) for group in groups]
        return drawn[0] if len(drawn) == 1 else torch.cat(drawn)

    def _sample(self, pyramid: Pyramid, chosen: list, group: slice) -> Tensor:
        """Frames that mix the same textures; one frame, if its pixels have several discs."""
        discs, textures = chosen[0]
        if not discs:
            return self._mixed([textures for _, textures in chosen], group)
        scale, (unit, sharp, near) = self.scale[group.start], self.lens[group.start]
        own = ((unit * self.disparities()[group] - sharp) / scale).abs()
        pixels = None
        for disc, share in zip(discs, disc_shares(own, discs), strict=True):
            if disc > 0:
                key = held(unit * near / scale, sharp / scale)
                textures = pyramid.choose_parted(scale, disc, self._shares(*key, disc), key)
            found = self._mixed([textures], group).mul_(share[:, None])
            pixels = found if pixels is None else pixels.add_(found)
        return pixels

    def _shares(self, unit: float, sharp: float, disc: float) -> Callable[[TorchTexture], Tensor]:
        def shares(texture: TorchTexture) -> Tensor:
            x, y = texture.places()
            slope_x, slope_y, start = self.row
            disparity = slope_x * x + (slope_y * y + start)[:, None]
            if self.layer.relief is not None:
                relief = self.layer.relief[None, None]
                disparity = disparity + F.interpolate(relief, texture.size, mode="area")[0, 0]
            return taking_part((unit * disparity - sharp).abs(), disc)

        return shares

    def _mixed(self, chosen: list[list[tuple[TorchTexture, float]]], group: slice) -> Tensor:
        x, y = self.x[group], self.y[group]
        pixels = None
        for number, (texture, _) in enumerate(chosen[0]):
            found = F.grid_sample(
                texture.rgba.float().expand(len(x), -1, -1, -1),
                _grid(x, y, texture.extent),
                self.renderer.interpolation,
                "border" if texture.cut else "zeros",
                align_corners=False,
            )
            if len(chosen[0]) > 1:
                shares = torch.tensor([each[number][1] for each in chosen]).to(x.device)
                found *= shares.float()[:, None, None, None]
            pixels = found if pixels is None else pixels.add_(found)
        if self.renderer.interpolation == "bicubic":  # see blend.tame
            pixels = pixels.div_(pixels[:, 3:].clamp(min=1)).clamp_(min=0)
        texture = chosen[0][0][0]
        if texture.cut and not self._within(texture.bounds):
            x1, y1, x2, y2 = texture.bounds
            inward = torch.minimum(torch.minimum(x - x1, x2 - x), torch.minimum(y - y1, y2 - y))
            scale = torch.from_numpy(self.scale[group]).float().to(x.device)[:, None, None]
            pixels *= (inward * scale + 0.5).clamp_(0, 1)[:, None]
        return pixels


def _looked_at(
    inverse: np.ndarray, box: tuple[int, int, int, int], reach: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """The least and the greatest x and y in the picture that some frames see in a box of theirs;
    None where a pixel looks behind the camera.

    Args:
        inverse: ``[F, 3, 3]``, from pixels of the frames to those of the picture.
        reach: ``[F]``, how far a relief moves that.
    """
    x1, y1, x2, y2 = box
    points = np.array([[x, y, 1.0] for x in (x1, x2) for y in (y1, y2)])
    seen = points @ inverse.transpose(0, 2, 1)
    if not (seen[..., 2] > 0).all():
        return None
    seen = seen[..., :2] / seen[..., 2:]
    moved = reach[:, None, None]
    return (seen - moved).min(axis=(0, 1)), (seen + moved).max(axis=(0, 1))


def _grid(x: Tensor, y: Tensor, extent: tuple[float, float, float, float]) -> Tensor:
    """Places in the picture as grid_sample wants them, for pixels that fill the extent."""
    x1, y1, x2, y2 = extent
    return torch.stack([(x - x1) * (2 / (x2 - x1)) - 1, (y - y1) * (2 / (y2 - y1)) - 1], dim=-1)
