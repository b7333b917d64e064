"""`texture` for torch: a layer's pixels, halved and blurred, on their device."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..data import Layer
from .lens_blur import disc_kernel
from .sides import Bounds, Sides, cut_sides, grown_by


class TorchTexture:
    """Premultiplied pixels with a place in the picture.

    Attributes:
        rgba: ``[1, 4, h, w]``, float16, or float32 on a CPU.
        extent: ``x1 y1 x2 y2`` in the picture: what its pixels fill.
        step: pixels of the picture per pixel of the texture.
        bounds, sides, ground: see `texture.Texture`.
    """

    def __init__(
        self,
        rgba: Tensor,
        extent: Bounds,
        step: float,
        bounds: Bounds,
        sides: Sides,
        ground: bool = False,
    ) -> None:
        self.rgba = rgba if rgba.device.type == "cpu" else rgba.half()
        self.extent, self.step = extent, step
        self.bounds, self.sides, self.ground = bounds, sides, ground

    @classmethod
    def of(cls, layer: Layer, ground: bool = False) -> TorchTexture:
        """The pixels of a layer, where it lies."""
        rgba = layer.rgba.permute(2, 0, 1)[None].contiguous()
        return cls(rgba, layer.box, 1.0, layer.box, cut_sides(layer.rgba[..., 3]), ground)

    @property
    def cut(self) -> bool:
        """Whether any side is cut."""
        return any(self.sides)

    @property
    def size(self) -> tuple[int, int]:
        """``(h, w)``."""
        return self.rgba.shape[2:]

    def halved(self) -> TorchTexture:
        """The same with half as many pixels a side, rounded up."""
        height, width = self.size
        rgba = F.pad(self.rgba.float(), (0, width % 2, 0, height % 2), mode="replicate")
        half = F.avg_pool2d(rgba, 2)
        return self._like(half, self.extent[:2], self.step * 2, self.bounds)

    def blurred(self, diameter: float, shares: Tensor | None = None) -> TorchTexture:
        """The same seen through a disc of that many of its pixels; see `texture.Texture`.

        Args:
            shares: float32 ``[h, w]``, above 0: how much each pixel takes part.
        """
        kernel = torch.from_numpy(disc_kernel(diameter)).to(self.rgba.device)
        known = self.rgba.float()
        rgba = known if shares is None else known * shares
        if self.ground:
            soft = _convolved(rgba, kernel, (0, 0, 0, 0))
            soft *= known[:, 3:] / soft[:, 3:].clamp(min=1e-6)
            return self._like(soft, self.extent[:2], self.step, self.bounds)
        grown, bounds = grown_by(len(kernel) // 2, self.sides, self.bounds, self.step)
        corner = (self.extent[0] - self.step * grown[2], self.extent[1] - self.step * grown[0])
        soft = _convolved(rgba, kernel, grown)
        if shares is not None:
            top, bottom, left, right = grown
            shares = F.pad(shares[None, None], (left, right, top, bottom), mode="replicate")
            soft /= _convolved(shares, kernel, (0, 0, 0, 0))
        return self._like(soft, corner, self.step, bounds)

    def places(self) -> tuple[Tensor, Tensor]:
        """Where in the picture the middles of its columns and of its rows lie: float32."""
        x, y = self.extent[:2]
        columns, rows = (
            torch.arange(count, device=self.rgba.device) + 0.5 for count in self.size[::-1]
        )
        return x + self.step * columns, y + self.step * rows

    def _like(
        self, rgba: Tensor, corner: tuple[float, float], step: float, bounds: Bounds
    ) -> TorchTexture:
        (x, y), (height, width) = corner, rgba.shape[2:]
        extent = (x, y, x + width * step, y + height * step)
        return TorchTexture(rgba, extent, step, bounds, self.sides, self.ground)


def _convolved(rgba: Tensor, kernel: Tensor, grown: tuple[int, ...]) -> Tensor:
    """Convolved, with so many new pixels at the top, bottom, left and right."""
    top, bottom, left, right = grown
    reach = len(kernel) // 2
    rgba = F.pad(F.pad(rgba, (left, right, top, bottom)), (reach,) * 4, mode="replicate")
    return F.conv2d(rgba.transpose(0, 1), kernel[None, None]).transpose(0, 1)
