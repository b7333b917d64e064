"""Everything that draws frames on CUDA lies there, and nothing waits for it: told without a GPU."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from benchmarks.scene_traffic import Traffic, drawn_without_memory
from cartoon_models.scene.render import on_torch
from tests.unit.small_scenes import SIZE, focused, moved, scene, turned


def wavy(made):
    height, width = made.plate.rgba.shape[:2]
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    relief = torch.from_numpy((0.08 * np.sin(8 * x) * np.cos(6 * y)).astype(np.float32))
    return replace(made, plate=replace(made.plate, relief=relief, plane=(0.25, 0.1, 0.2)))


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize(
    "camera",
    [
        moved(3, x=0.1, z=0.2),
        turned(moved(2, x=0.1), 0.06),
        moved(3, z=-1.5),
        focused(moved(2, x=0.1, z=0.2), 0.5, 0.3),
        turned(moved(2, z=1.5), 1.2),
    ],
    ids=["move", "turn", "back", "lens", "aside"],
)
def test_all_of_a_frame_lies_on_the_gpu_and_nothing_waits_for_it(camera, interpolation):
    for made in (scene(8), wavy(scene(0))):
        traffic = Traffic()
        frames = drawn_without_memory(made, camera, interpolation, True, traffic)
        assert len(frames) == len(camera)
        for frame in frames:
            for made_there in (frame.picture, frame.alpha, frame.depth, frame.instances):
                assert made_there.device.type == "cuda" and made_there.shape[:2] == SIZE
            assert frame.picture.dtype == torch.float32
        assert traffic.calls > 0 and traffic.to_host == 0


def test_layers_are_kept_in_half_precision_there():
    kept = []
    keep = on_torch.F.grid_sample

    def spy(pixels, *arguments, **options):
        kept.append(pixels)
        return keep(pixels, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(on_torch.F, "grid_sample", spy)
        drawn_without_memory(scene(8), moved(2, x=0.1))
    assert len(kept) == 3 and all(pixels.dtype == torch.float32 for pixels in kept)
    with FakeTensorMode():
        texture = on_torch.TorchTexture(
            torch.empty(1, 4, 9, 9, device="cuda"), (0, 0, 9, 9), 1.0, (0, 0, 9, 9), (True,) * 4
        )
        assert texture.rgba.dtype == texture.halved().rgba.dtype == torch.float16


def test_what_lies_elsewhere_or_is_waited_for_is_noticed():
    with FakeTensorMode(), Traffic() as traffic:
        there = torch.zeros(4, 4, device="cuda")
        (there + 1).cpu()
        torch.ones(4).to("cuda")
        with pytest.raises(RuntimeError, match="device"):
            there + torch.ones(4, 4)
        with pytest.raises(DataDependentOutputException):
            bool(there.max() > 0)
    assert traffic.to_host == 1 and traffic.from_host == 1
    assert traffic.written >= 3 * 64
