"""Connected parts of masks."""

import pytest
import torch

from cartoon_models.instances.parts import connected_parts


def test_each_part_is_a_mask_of_its_own_from_the_top_down():
    mask = torch.zeros(12, 15)
    mask[6:10, 1:4], mask[1:3, 8:14] = 1, 0.9
    parts = connected_parts(mask)
    assert parts.shape == (2, 12, 15) and parts.dtype == torch.float32
    assert torch.equal(parts.sum(dim=0), mask)
    assert parts[0, 1, 8] == 0.9 and parts[1, 6, 1] == 1


def test_soft_edges_go_with_the_part_they_touch():
    mask = torch.zeros(1, 9, 30)
    mask[0, 2:6, 2:6] = 0.3
    mask[0, 3:5, 3:5] = 1
    mask[0, 3:5, 12:14] = 1
    mask[0, 8, 28] = 0.3  # touches nothing
    first, second = connected_parts(mask)
    assert first.sum() == pytest.approx(4 + 12 * 0.3) and second.sum() == 4


def test_parts_never_share_pixels():
    mask = torch.zeros(1, 5, 9)
    mask[0, :, :4], mask[0, :, 5:], mask[0, :, 4] = 1, 1, 0.4
    parts = connected_parts(mask)
    assert len(parts) == 2
    assert parts.sum(dim=0).max() <= 1


def test_diagonal_neighbours_are_connected():
    assert len(connected_parts(torch.eye(6))) == 1


def test_small_parts_and_empty_masks_are_left_out():
    mask = torch.zeros(2, 8, 8)
    mask[0, 0, 0], mask[0, 3:7, 3:7] = 1, 1
    assert len(connected_parts(mask, min_area=2)) == 1
    assert connected_parts(mask[1]).shape == (0, 8, 8)
    assert connected_parts(torch.zeros(0, 8, 8)).shape == (0, 8, 8)


def test_a_single_part_is_kept_as_it_is():
    mask = torch.rand(1, 6, 6) * 0.5 + 0.5
    assert torch.equal(connected_parts(mask), mask)
