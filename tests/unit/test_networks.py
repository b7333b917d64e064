"""Shapes, sizes and identities of the networks."""

from __future__ import annotations

import pytest
import torch

from cartoon_models.networks import (
    GroundTruthEncoder,
    ISNet,
    RTMDetIns,
    dynamic_masks,
    fuse_norms,
    mask_priors,
    rtmdet_ins_config,
)


def parameters(network: torch.nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def test_published_parameter_counts():
    with torch.device("meta"):
        assert parameters(RTMDetIns(rtmdet_ins_config("l"))) == 57_304_754
        assert parameters(ISNet()) == 44_047_366
        assert parameters(GroundTruthEncoder()) == 6_877_734


@pytest.mark.parametrize("size", ["tiny", "s"])
def test_detector_state_dict_tells_its_sizes(size):
    network = RTMDetIns(rtmdet_ins_config(size)).eval()
    again = RTMDetIns.from_state_dict(network.state_dict())
    assert again.config == network.config
    x = torch.randn(1, 3, 64, 96)
    with torch.no_grad():
        cls, box, kernel, mask_feat = again(x)
        assert torch.equal(network(x)[3], mask_feat)
    assert [tuple(c.shape) for c in cls] == [(1, 1, 8, 12), (1, 1, 4, 6), (1, 1, 2, 3)]
    assert all(b.shape[1] == 4 and (b >= 0).all() for b in box)
    assert all(k.shape[1] == 169 for k in kernel)


def test_detector_of_another_size_is_a_sentence():
    with pytest.raises(ValueError, match="'xxl'"):
        rtmdet_ins_config("xxl")


@pytest.mark.parametrize("size", [(1, 1), (33, 70), (96, 64)])
def test_refiner_any_size_any_width(size):
    network = ISNet(4, 0.0625).eval()
    sides, features = network(torch.rand(2, 4, *size), return_features=True)
    assert [tuple(side.shape) for side in sides] == [(2, 1, *size)] * 6
    truth_sides, truth = GroundTruthEncoder(0.0625).eval()(torch.rand(2, 1, *size))
    assert [f.shape for f in truth] == [f.shape for f in features]
    assert [s.shape for s in truth_sides] == [s.shape for s in sides]
    assert ISNet.from_state_dict(network.state_dict()).width == 0.0625


def test_refiner_width_must_give_whole_channels():
    with pytest.raises(ValueError, match="multiple of 4"):
        ISNet(4, 0.1)


@torch.no_grad()
def test_shared_first_convolution_is_the_whole_one():
    torch.manual_seed(0)
    network = ISNet(4, 0.0625).eval()
    picture, masks = torch.rand(1, 3, 50, 37), torch.rand(3, 1, 50, 37)
    whole = network(torch.cat((picture.expand(3, -1, -1, -1), masks), 1))[0]
    refined = network.refine_from(network.picture_share(picture), masks)
    assert torch.allclose(refined, whole, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("channels", [3, 4])
def test_the_finest_side_is_the_first_one(channels):
    torch.manual_seed(0)
    network, x = ISNet(channels, 0.0625).eval(), torch.rand(2, channels, 50, 37)
    assert torch.allclose(network.finest(x), network(x)[0], atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize(
    "make",
    [lambda: RTMDetIns(rtmdet_ins_config("tiny")), lambda: ISNet(4, 0.0625)],
    ids=["detector", "refiner"],
)
def test_fused_norms_compute_the_same(make):
    torch.manual_seed(0)
    network = make()
    for module in network.modules():  # norms as training leaves them
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.uniform_(0.5, 1.5)
    network.eval()
    x = torch.randn(1, getattr(network, "in_channels", 3), 64, 96)
    before, after = network(x), fuse_norms(network)(x)
    for a, b in zip(flat(before), flat(after), strict=True):
        assert torch.allclose(a, b, atol=1e-4)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in fuse_norms(network).modules())


def test_priors_are_cell_corners_row_by_row():
    priors = mask_priors([(2, 2), (1, 1)], (8, 16))
    assert priors.tolist() == [
        [0, 0, 8, 8],
        [8, 0, 8, 8],
        [0, 8, 8, 8],
        [8, 8, 8, 8],
        [0, 0, 16, 16],
    ]


def test_dynamic_masks_follow_the_definition():
    """Against the definition written out: offsets and prototypes through three 1x1 layers."""
    torch.manual_seed(0)
    feat, kernels = torch.randn(8, 5, 7), torch.randn(3, 169)
    priors = torch.tensor([[0.0, 0, 8, 8], [16, 8, 16, 16], [32, 32, 32, 32]])
    for index in range(3):
        k, (px, py, stride, _) = kernels[index], priors[index].tolist()
        y, x = torch.meshgrid(torch.arange(5) * 8.0, torch.arange(7) * 8.0, indexing="ij")
        z = torch.cat((((px - x) / (8 * stride))[None], ((py - y) / (8 * stride))[None], feat))
        w1, w2, w3 = k[:80].view(8, 10), k[80:144].view(8, 8), k[144:152].view(1, 8)
        z = (torch.einsum("oi,ihw->ohw", w1, z) + k[152:160, None, None]).relu()
        z = (torch.einsum("oi,ihw->ohw", w2, z) + k[160:168, None, None]).relu()
        z = torch.einsum("oi,ihw->ohw", w3, z)[0] + k[168]
        assert torch.allclose(dynamic_masks(feat, kernels, priors)[index], z, atol=1e-4)


def flat(outputs) -> list[torch.Tensor]:
    if isinstance(outputs, torch.Tensor):
        return [outputs]
    return [tensor for part in outputs for tensor in flat(part)]
