"""Losses of the detector and the refiner, against plain formulas and hand-made cases."""

import math

import pytest
import torch

from cartoon_models.networks.rtmdet_ins import mask_priors
from training.losses.assigner import Assignment, assign, pairwise_iou
from training.losses.detection import (
    DetectionTargets,
    detection_loss,
    dice_loss,
    join_levels,
    quality_focal_loss,
    semantic_loss,
)
from training.losses.refinement import feature_loss, position_weight, refinement_loss, side_loss

SIZES = ((8, 8), (4, 4), (2, 2))
SIDE = 64


def test_pairwise_iou_of_known_boxes():
    a = torch.tensor([[[0.0, 0, 10, 10], [20, 20, 20, 20]]])
    b = torch.tensor([[[0.0, 0, 10, 10], [5, 0, 15, 10], [50, 50, 60, 60]]])
    expected = torch.tensor([[[1.0, 1 / 3, 0.0], [0.0, 0.0, 0.0]]])
    torch.testing.assert_close(pairwise_iou(a, b), expected)


def _assign_one_picture(logits, boxes, priors, truth, centers, topk=13):
    """The published rule, prior by prior and instance by instance."""
    count, wanted = len(priors), len(truth)
    iou = pairwise_iou(boxes[None], truth[None])[0].double()
    inside = torch.zeros(count, wanted, dtype=torch.bool)
    cost = torch.full((count, wanted), math.inf, dtype=torch.double)
    for p in range(count):
        x, y, stride, _ = priors[p].tolist()
        for g in range(wanted):
            x1, y1, x2, y2 = truth[g].tolist()
            inside[p, g] = x1 < x < x2 and y1 < y < y2
        if not inside[p].any():
            continue
        said = torch.sigmoid(logits[p, 0]).item()
        for g in range(wanted):
            label = iou[p, g].item()
            cross = -(label * math.log(said) + (1 - label) * math.log(1 - said))
            distance = math.dist((x, y), centers[g].tolist()) / stride
            cost[p, g] = (
                cross * (label - said) ** 2 - 3 * math.log(label + 1e-7) + 10 ** (distance - 3)
            )
    iou[~inside.any(1)] = 0
    chosen = torch.zeros(count, wanted, dtype=torch.bool)
    for g in range(wanted):
        k = max(int(iou[:, g].topk(topk).values.sum()), 1)
        for p in cost[:, g].argsort()[:k].tolist():
            chosen[p, g] = math.isfinite(cost[p, g])
    instance = torch.full((count,), -1)
    for p in range(count):
        rivals = chosen[p].nonzero()[:, 0]
        if len(rivals):
            instance[p] = rivals[cost[p, rivals].argmin()]
    return instance


def test_assignment_follows_the_published_rule():
    generator = torch.Generator().manual_seed(3)
    priors = mask_priors(SIZES)
    truth = torch.tensor([[[4.0, 6, 40, 50], [20, 10, 60, 60]], [[10.0, 10, 30, 62], [0, 0, 0, 0]]])
    valid = torch.tensor([[True, True], [True, False]])
    reach = torch.rand(2, len(priors), 4, generator=generator) * 40
    boxes = torch.cat((priors[:, :2] - reach[..., :2], priors[:, :2] + reach[..., 2:]), -1)
    logits = torch.randn(2, len(priors), 1, generator=generator)
    centers = (truth[..., :2] + truth[..., 2:]) / 2 + 1.5
    found = assign(logits, boxes, priors, truth, valid, centers)
    for picture in range(2):
        real = valid[picture]
        expected = _assign_one_picture(
            logits[picture], boxes[picture], priors, truth[picture, real], centers[picture, real]
        )
        assert (expected >= 0).any()
        assert found.instance[picture].tolist() == expected.tolist()
    positive = found.instance >= 0
    assert (found.quality[~positive] == 0).all()
    iou = pairwise_iou(boxes, truth).gather(2, found.instance.clamp(min=0)[..., None])[..., 0]
    torch.testing.assert_close(found.quality[positive], iou[positive])


def test_padding_and_pictures_without_instances_are_background():
    priors = mask_priors(SIZES)
    boxes = torch.rand(1, len(priors), 4) * 30
    logits = torch.zeros(1, len(priors), 1)
    padded = assign(
        logits, boxes, priors, torch.zeros(1, 2, 4), torch.zeros(1, 2, dtype=torch.bool)
    )
    empty = assign(logits, boxes, priors, torch.zeros(1, 0, 4), torch.zeros(1, 0, dtype=torch.bool))
    for found in (padded, empty):
        assert (found.instance == -1).all()
        assert (found.quality == 0).all()


def _targets() -> DetectionTargets:
    masks = torch.zeros(2, 2, SIDE // 4, SIDE // 4)
    masks[0, 0, 2:10, 3:9] = 1
    masks[0, 1, 8:15, 8:16] = 1
    boxes = torch.tensor([[[12.0, 8, 36, 40], [32, 32, 64, 60]], [[0.0] * 4] * 2])
    return DetectionTargets(boxes, masks, torch.tensor([[True, True], [False, False]]))


def _outputs(seed: int = 0):
    generator = torch.Generator().manual_seed(seed)

    def level(channels: int, size: tuple[int, int]) -> torch.Tensor:
        return torch.randn(2, channels, *size, generator=generator)

    cls = tuple(level(1, s).requires_grad_() for s in SIZES)
    box = tuple((level(4, s).abs() * 16).requires_grad_() for s in SIZES)
    kernel = tuple((level(169, s) * 0.3).requires_grad_() for s in SIZES)
    return cls, box, kernel, level(8, SIZES[0]).requires_grad_()


def test_detection_loss_is_the_weighted_sum_and_reaches_every_output():
    outputs = _outputs()
    parts = detection_loss(outputs, _targets())
    expected = 2 * parts["box"] + parts["score"] + 2 * parts["mask"]
    torch.testing.assert_close(parts["loss"], expected)
    assert parts["positives"] >= 2
    parts["loss"].backward()
    for tensor in (*outputs[0], *outputs[1], *outputs[2], outputs[3]):
        assert torch.isfinite(tensor.grad).all()
    assert outputs[3].grad[0].abs().sum() > 0


def test_a_batch_without_instances_only_teaches_the_scores():
    outputs = _outputs()
    targets = DetectionTargets(
        torch.zeros(2, 0, 4), torch.zeros(2, 0, 16, 16), torch.zeros(2, 0, dtype=torch.bool)
    )
    parts = detection_loss(outputs, targets)
    assert parts["box"] == 0 and parts["mask"] == 0 and parts["positives"] == 0
    assert parts["score"] > 0
    parts["loss"].backward()
    # A distributed run hangs when a parameter gets no gradient at all.
    assert all(kernel.grad is not None for kernel in outputs[2])


def test_detection_loss_falls_when_it_is_followed():
    cls, box, kernel, mask_feat = _outputs()
    parameters = [*cls, *box, *kernel, mask_feat]
    optimizer = torch.optim.Adam(parameters, lr=0.1)
    losses = []
    for _ in range(60):
        parts = detection_loss((cls, box, kernel, mask_feat), _targets())
        optimizer.zero_grad()
        parts["loss"].backward()
        optimizer.step()
        losses.append({name: value.item() for name, value in parts.items()})
    assert losses[-1]["loss"] < 0.5 * losses[0]["loss"]
    assert losses[-1]["mask"] < 0.1


def test_the_number_of_unrolled_masks_is_bounded():
    torch.manual_seed(0)
    parts = detection_loss(_outputs(), _targets(), max_masks=1)
    assert torch.isfinite(parts["mask"]) and 0 < parts["mask"] <= 1


def test_centers_are_centres_of_mass_in_input_pixels():
    centers = _targets().centers()
    torch.testing.assert_close(centers[0], torch.tensor([[24.0, 24.0], [48.0, 46.0]]))
    assert torch.isfinite(centers).all()


def test_semantic_loss_is_near_zero_only_for_the_union_of_the_masks():
    targets = _targets()
    truth = targets.masks.sum(1, keepdim=True)
    levels = [torch.nn.functional.avg_pool2d(truth, side) for side in (2, 4, 8)]
    assert [level.shape[-1] for level in levels] == [8, 4, 2]
    hard = DetectionTargets(targets.boxes, torch.ones_like(targets.masks) / 2, targets.valid)
    right = [torch.full_like(level, 30.0) for level in levels]
    wrong = [torch.full_like(level, -30.0) for level in levels]
    assert semantic_loss(right, hard) < 1e-3
    assert semantic_loss(wrong, hard) > 10
    assert 0 < semantic_loss([level * 0 for level in levels], targets) < 2


def test_quality_focal_loss_is_equation_2():
    found = Assignment(torch.tensor([[0, -1]]), torch.tensor([[0.7, 0.0]]))
    logits = torch.tensor([[[0.4], [-1.0]]])
    expected = []
    for logit, label in ((0.4, 0.7), (-1.0, 0.0)):
        said = 1 / (1 + math.exp(-logit))
        cross = -((1 - label) * math.log(1 - said) + label * math.log(said))
        expected.append(abs(label - said) ** 2 * cross)
    torch.testing.assert_close(quality_focal_loss(logits, found)[0], torch.tensor(expected))


def test_quality_focal_loss_refuses_several_classes():
    found = Assignment(torch.zeros(1, 2, dtype=torch.long), torch.zeros(1, 2))
    with pytest.raises(ValueError, match="one class, the logits have 3"):
        quality_focal_loss(torch.zeros(1, 2, 3), found)


def test_dice_loss_of_known_masks():
    truth = torch.zeros(3, 4, 4)
    truth[:, :2] = 1
    exact = (truth[0] - 0.5) * 60
    logits = torch.stack((exact, -exact, torch.zeros(4, 4)))
    torch.testing.assert_close(dice_loss(logits, truth), torch.tensor([0.0, 1.0, 1 / 3]))


def test_levels_are_joined_row_by_row_in_order():
    levels = tuple(torch.arange(h * w).float().view(1, 1, h, w) + 100 * h for h, w in SIZES)
    joined = join_levels(levels)[0, :, 0]
    assert joined[:3].tolist() == [800, 801, 802]
    assert joined[64:66].tolist() == [400, 401]
    assert joined[-1] == 203


def test_position_weight_is_high_on_outlines_and_1_elsewhere():
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 32:] = 1
    weight = position_weight(mask)
    assert (weight[..., :24] == 1).all() and (weight[..., 40:] == 1).all()
    # 7 of the 15 columns around the last one outside the mask are inside it.
    torch.testing.assert_close(weight[0, 0, 5, 31], torch.tensor(1 + 5 * 7 / 15))
    # A figure that leaves the picture has no outline at the frame.
    assert (position_weight(torch.ones(1, 1, 20, 20)) == 1).all()


def test_position_weight_equals_one_square_pooling():
    mask = torch.rand(2, 1, 40, 30)
    pooled = torch.nn.functional.avg_pool2d(mask, 15, 1, 7, count_include_pad=False)
    torch.testing.assert_close(position_weight(mask), 1 + 5 * (pooled - mask).abs())


def test_side_loss_is_near_zero_when_right_and_large_when_wrong():
    mask = torch.zeros(2, 1, 32, 32)
    mask[:, :, 8:24, 8:24] = 1
    weight = position_weight(mask)
    right = side_loss((mask - 0.5) * 40, mask, weight)
    wrong = side_loss((0.5 - mask) * 40, mask, weight)
    assert right < 1e-3
    assert wrong > 10


def test_refinement_loss_weighs_the_finest_side_and_adds_the_features():
    mask = (torch.rand(1, 1, 32, 32) > 0.5).float()
    sides = [torch.randn(1, 1, 32, 32) for _ in range(6)]
    features = [torch.ones(1, 2, 4, 4) for _ in range(6)]
    truth = [torch.zeros(1, 2, 4, 4) for _ in range(6)]
    parts = refinement_loss(sides, mask, features, truth)
    each = [side_loss(side, mask, position_weight(mask)) for side in sides]
    torch.testing.assert_close(parts["sides"], 5 * each[0] + sum(each[1:]))
    torch.testing.assert_close(parts["finest"], each[0])
    assert parts["features"] == 6
    torch.testing.assert_close(parts["loss"], parts["sides"] + 6)
    assert refinement_loss(sides, mask)["features"] == 0


def test_padding_does_not_count_in_the_refinement_loss():
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 4:12, 4:12] = 1
    inside = torch.zeros_like(mask)
    inside[..., :16] = 1
    logits = (mask - 0.5) * 40
    spoiled = logits.clone()
    spoiled[..., 16:] = 40
    kept = refinement_loss([logits], mask, inside=inside)["loss"]
    torch.testing.assert_close(refinement_loss([spoiled], mask, inside=inside)["loss"], kept)
    assert refinement_loss([spoiled], mask)["loss"] > kept + 1


def test_feature_levels_must_agree():
    with pytest.raises(ValueError, match="2 feature levels against 1"):
        feature_loss([torch.zeros(1)] * 2, [torch.zeros(1)])
