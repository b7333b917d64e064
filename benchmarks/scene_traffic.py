"""What drawing frames with torch asks of a GPU, counted without one: calls and bytes.

Tensors that have shapes and devices but no memory (torch's fake tensors) run through the renderer
as they would on CUDA. So what lies on another device, or waits for a value of the GPU, is an error
here already.
"""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import LayeredScene
from cartoon_models.scene.render import on_torch
from cartoon_models.scene.render.frame import Frame
from cartoon_models.scene.render.on_torch import TorchRenderer
from cartoon_models.scene.render.texture_torch import TorchTexture
from cartoon_models.scene.render.warp import outline, shots


class Traffic(TorchDispatchMode):
    """Counts what runs on CUDA while it is entered.

    Attributes:
        calls: how many kernels are started, views left out.
        read, written: bytes of tensors that they take and make; what is sampled counts once.
        from_host, to_host: copies between the devices.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.read = self.written = self.from_host = self.to_host = 0

    def __torch_dispatch__(self, function, types, arguments=(), keywords=None):
        made = function(*arguments, **(keywords or {}))
        taken = [each for each in tree_leaves((arguments, keywords)) if isinstance(each, Tensor)]
        given = [each for each in tree_leaves(made) if isinstance(each, Tensor)]
        on_gpu = [each.device.type == "cuda" for each in (*taken, *given)]
        if any(on_gpu) and _is_kernel(function):
            if any(each.device.type == "cpu" and each.ndim for each in taken):
                self.from_host += 1
            elif any(each.device.type == "cpu" for each in given):
                self.to_host += 1
            self.calls += 1
            self.read += sum(map(_bytes, taken))
            self.written += sum(map(_bytes, given))
        return made


def _is_kernel(function: torch._ops.OpOverload) -> bool:
    name = function.name()
    return name.startswith("aten::") and not function.is_view and "empty" not in name


def _bytes(tensor: Tensor) -> int:
    """Of its memory, once, however often it is repeated."""
    count = 1
    for size, step in zip(tensor.shape, tensor.stride(), strict=True):
        count *= size if step else 1
    return count * tensor.element_size()


def drawn_without_memory(
    scene: LayeredScene,
    camera: Camera,
    interpolation: str = "bicubic",
    details: bool = False,
    traffic: Traffic | None = None,
) -> list[Frame]:
    """The frames, on CUDA, as tensors without values.

    Args:
        traffic: counts them; the second of two chunks of the same frames, so that what is kept
            (halved and blurred layers) is there.

    Raises:
        RuntimeError: something lies on another device.
        torch._subclasses.fake_tensor.DataDependentOutputException: something waits for a value.
    """
    known = shots(scene, camera, [outline(layer) for layer in scene.painted], scene.size)
    renderer = TorchRenderer(scene, scene.size, interpolation, True)
    with (
        FakeTensorMode(allow_non_fake_inputs=True),
        mock.patch.object(on_torch, "shots", lambda *arguments: known),
    ):
        renderer.device = torch.device("cuda")
        moved = [
            replace(
                layer,
                rgba=torch.empty(layer.rgba.shape, device="cuda"),
                relief=None
                if layer.relief is None
                else torch.empty(layer.relief.shape, device="cuda"),
            )
            for layer in scene.painted
        ]
        renderer.scene = replace(scene, plate=moved[0], layers=tuple(moved[1:]))
        for pyramid, layer in zip(renderer.pyramids, moved, strict=True):
            level = pyramid.level(0)
            pixels = layer.rgba.permute(2, 0, 1)[None].contiguous()
            pyramid._levels = [
                TorchTexture(
                    pixels, level.extent, level.step, level.bounds, level.sides, level.ground
                )
            ]
        frames = list(renderer.frames(camera, details))
        if traffic is not None:
            with traffic:
                frames = list(renderer.frames(camera, details))
    return frames
