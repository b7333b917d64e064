"""Depthwise convolutions in float32: the same network, the same names, float32's gradient."""

import copy

import pytest
import torch
from torch import nn

from training.depthwise import Float32Depthwise, depthwise_in_float32


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.Conv2d(8, 8, 5, padding=2, groups=8, bias=False),
        nn.Conv2d(8, 4, 1, groups=2),
    )


def gradient(layers, x):
    layers.zero_grad()
    layers(x).float().square().mean().backward()
    return layers[1].weight.grad.clone()


def test_only_depthwise_convolutions_change_and_keep_their_names():
    plain, changed = network(), depthwise_in_float32(network())
    assert [type(layer) for layer in changed] == [nn.Conv2d, Float32Depthwise, nn.Conv2d]
    assert plain.state_dict().keys() == changed.state_dict().keys()
    x = torch.rand(2, 3, 16, 16)
    assert torch.equal(plain(x), changed(x))
    assert torch.equal(gradient(plain, x), gradient(changed, x))


def test_a_copy_computes_with_its_own_weights():
    changed = depthwise_in_float32(network())
    other = copy.deepcopy(changed)
    other[1].weight.data.zero_()
    assert other(torch.rand(1, 3, 8, 8)).std() < changed(torch.rand(1, 3, 8, 8)).std()


def test_under_autocast_the_gradient_is_closer_to_float32s_and_the_type_stays():
    x = torch.rand(2, 3, 16, 16)
    exact = gradient(network(), x)
    with torch.autocast("cpu", torch.bfloat16):
        changed = depthwise_in_float32(network())
        assert changed[1](x.bfloat16().repeat(1, 3, 1, 1)[:, :8]).dtype == torch.bfloat16
        near = gradient(changed, x)
        far = gradient(network(), x)
    assert (near - exact).abs().max() <= (far - exact).abs().max()
    assert near == pytest.approx(exact, rel=0.05, abs=1e-4)
