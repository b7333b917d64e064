"""The score threshold that users get, and the shift that moves it."""

import numpy as np
import pytest
import torch

pytest.importorskip("pycocotools")

from training.calibrate import best_threshold, shifted
from training.evaluate.average_precision import Overlaps


def picture(scores: list[float], hits: list[bool]) -> Overlaps:
    """One picture with one character per hit; the other finds are wrong."""
    count = len(scores)
    ious = np.zeros((count, sum(hits)))
    for column, row in enumerate(np.flatnonzero(hits)):
        ious[row, column] = 0.9
    areas = np.full(count, 5000.0)
    return Overlaps(
        ious, np.array(scores), areas, np.full(sum(hits), 5000.0), np.zeros(sum(hits), bool)
    )


def test_the_best_threshold_parts_right_from_wrong():
    pictures = [
        picture([0.5, 0.26, 0.19], [True, True, False]),
        picture([0.24, 0.2], [True, False]),
    ]
    threshold, quality = best_threshold(pictures)
    assert 0.2 < threshold <= 0.24
    assert quality == pytest.approx(0.9)


def test_of_thresholds_about_as_good_the_lowest_is_taken():
    pictures = [picture([0.5, 0.4, 0.15], [True, True, True]) for _ in range(60)]
    pictures += [picture([0.5, 0.2], [True, False])]  # costs a three-hundredth of the whole
    threshold, quality = best_threshold(pictures)
    assert threshold < 0.15
    assert 0.89 < quality < 0.9


def test_shifting_moves_scores_and_nothing_else():
    state = {
        "head.rtm_cls.0.bias": torch.tensor([-1.0]),
        "head.rtm_cls.0.weight": torch.ones(1, 3, 1, 1),
        "head.rtm_reg.0.bias": torch.ones(4),
    }
    moved = shifted(state, threshold=0.2, shown=0.3)
    logit = torch.logit(torch.tensor(0.2)) - state["head.rtm_cls.0.bias"]  # of the features' part
    assert torch.sigmoid(logit + moved["head.rtm_cls.0.bias"]) == pytest.approx(0.3)
    assert torch.equal(moved["head.rtm_cls.0.weight"], state["head.rtm_cls.0.weight"])
    assert torch.equal(moved["head.rtm_reg.0.bias"], state["head.rtm_reg.0.bias"])
