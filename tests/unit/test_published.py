"""What `load_published` takes, and what it says about the rest."""

from __future__ import annotations

import pytest
import torch

from cartoon_models.networks import ISNet, RTMDetIns, RTMDetInsConfig
from cartoon_models.published import _published_names, load_published, recognise

SMALL = RTMDetInsConfig(8, (1, 1, 1, 1), 16, 1)


def published_detector() -> dict[str, torch.Tensor]:
    """A small detector's parameters under the published names, aliases equal."""
    torch.manual_seed(1)
    state = RTMDetIns(SMALL).state_dict()
    return {name: value for ours, value in state.items() for name in _published_names(ours)}


def refiner(in_channels: int = 4) -> dict[str, torch.Tensor]:
    torch.manual_seed(2)
    return ISNet(in_channels, 0.0625).state_dict()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: {"meta": {"cfg": "model = dict()"}, "state_dict": state},
        lambda state: {"params": {}, "params_ema": state},
        lambda state: {f"module.{key}": value for key, value in state.items()},
        lambda state: {
            "state_dict": {f"net.{key}": value for key, value in state.items()}
            | {"gt_encoder.conv_in.conv.weight": torch.zeros(1)},
            "epoch": 3,
        },
    ],
    ids=["bare", "mmengine", "params", "module", "lightning"],
)
def test_wrappers(wrap):
    state = refiner()
    network = load_published("isnet_refine", wrap(state))
    assert not network.training
    for key, value in network.state_dict().items():
        assert torch.equal(value, state[key])


def test_sizes_come_from_shapes():
    network = load_published("rtmdet_ins_l", published_detector())
    assert network.config == SMALL
    assert network(torch.zeros(1, 3, 64, 96))[3].shape == (1, 8, 8, 12)


def test_three_and_four_channels_are_told_apart():
    assert recognise(refiner(4)) == "isnet_refine"
    assert recognise(refiner(3)) == "isnet_anime_seg"
    assert recognise(published_detector()) == "rtmdet_ins_l"
    assert recognise({"encoder.weight": torch.zeros(3)}) is None
    assert load_published("isnet_anime_seg", refiner(3)).in_channels == 3
    with pytest.raises(ValueError, match=r"conv_in.weight.*3 input channels.*4"):
        load_published("isnet_refine", refiner(3))


@pytest.mark.parametrize(
    "key",
    [
        "bbox_head.cls_convs.1.0.conv.weight",
        "neck.out_convs.2.bn.bias",
        "bbox_head.mask_head.projection.bias",
    ],
)
def test_missing_parameter_is_named(key):
    state = published_detector()
    del state[key]
    with pytest.raises(ValueError, match=key.replace(".", r"\.")):
        load_published("rtmdet_ins_l", state)


def test_unexpected_parameter_is_named():
    with pytest.raises(ValueError, match=r"unexpected parameter 'side7\.bias'"):
        load_published("isnet_refine", refiner() | {"side7.bias": torch.zeros(1)})


def test_misshapen_parameter_is_named_with_both_shapes():
    state = published_detector()
    state["bbox_head.rtm_kernel.1.weight"] = torch.zeros(169, 8, 1, 1)
    with pytest.raises(ValueError, match=r"rtm_kernel\.1\.weight.*\(169, 8, 1, 1\).*169, 16"):
        load_published("rtmdet_ins_l", state)


def test_aliases_must_agree():
    state = published_detector()
    key = "bbox_head.cls_convs.0.1.conv.weight"
    state[key] = state[key] + 1
    with pytest.raises(ValueError, match="two names of one parameter"):
        load_published("rtmdet_ins_l", state)
    network = load_published("rtmdet_ins_l", state, strict_aliases=False)
    used = state["bbox_head.reg_convs.2.1.conv.weight"]
    assert torch.equal(network.head.tower.convs[1].weight, used)


def test_another_networks_weights_are_refused():
    with pytest.raises(ValueError, match="not an RTMDet-Ins"):
        load_published("rtmdet_ins_l", refiner())
    with pytest.raises(ValueError, match="not an IS-Net"):
        load_published("isnet_refine", published_detector())
    with pytest.raises(ValueError, match=r"no published network 'sam'.*rtmdet_ins_l"):
        load_published("sam", {})


def test_from_a_file(tmp_path):
    path = tmp_path / "refine_last.ckpt"
    torch.save(refiner(), path)
    assert torch.equal(load_published("isnet_refine", path).side1.weight, refiner()["side1.weight"])
