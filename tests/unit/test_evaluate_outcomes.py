"""What went wrong in a picture, by rules that can be checked on rectangles; the outlines of it."""

import numpy as np
import pytest

pytest.importorskip("pycocotools", reason="pycocotools is in the extras dev and train")

from cartoon_models.instances import Instances
from training.evaluate.composed import Composed
from training.evaluate.measure import Sample, compare
from training.evaluate.outcomes import outcomes, total
from training.evaluate.report import markdown, table
from training.evaluate.sheet import CHARACTER_COLORS, FIND_COLORS, draw_outcomes

SIZE = (60, 100)


def rectangles(*boxes):
    masks = np.zeros((len(boxes), *SIZE), bool)
    for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True):
        mask[y1:y2, x1:x2] = True
    return masks


def judged(true, found, scores=None, crowd=None):
    instances = Instances.from_masks(
        rectangles(*found).astype(np.float32), [0.9] * len(found) if scores is None else scores
    )
    crowd = None if crowd is None else np.array(crowd)
    sample = Sample(np.full((*SIZE, 3), 0.5, np.float32), rectangles(*true), crowd)
    result = outcomes(compare(instances, sample)["mask"], 0.3)
    return result.characters, result.finds, sample, instances


LEFT, RIGHT = (0, 0, 40, 60), (50, 0, 90, 60)


@pytest.mark.parametrize(
    ("true", "found", "characters", "finds"),
    [
        ([LEFT, RIGHT], [LEFT, RIGHT], ("found", "found"), ("matched", "matched")),
        ([LEFT], [], ("missed",), ()),
        ([], [LEFT], (), ("false",)),
        ([LEFT], [(0, 0, 40, 40)], ("wrong boundary",), ("matched",)),  # IoU 0.67
        ([LEFT], [(0, 0, 40, 45)], ("found",), ("matched",)),  # IoU 0.75
        ([LEFT, RIGHT], [(0, 0, 90, 60)], ("joined", "joined"), ("joins",)),
        # A large one with its small neighbour: found, and the neighbour is joined.
        (
            [(0, 0, 70, 60), (70, 0, 82, 60)],
            [(0, 0, 82, 60)],
            ("found", "joined"),
            ("matched",),
        ),
        ([LEFT], [(0, 0, 40, 25), (0, 30, 40, 60)], ("wrong boundary",), ("piece", "matched")),
        ([LEFT], [(0, 0, 40, 25), (0, 32, 40, 60)], ("split",), ("piece", "piece")),
        ([LEFT], [(0, 0, 40, 20)], ("missed",), ("piece",)),
        ([LEFT], [LEFT, (0, 0, 20, 20)], ("found",), ("matched", "piece")),
        ([LEFT], [LEFT, (30, 0, 100, 60)], ("found",), ("matched", "false")),
    ],
)
def test_the_rule(true, found, characters, finds):
    assert judged(true, found)[:2] == (characters, finds)


def test_finds_that_are_not_shown_and_crowds_do_not_count():
    characters, finds, *_ = judged(
        [LEFT, RIGHT], [LEFT, (55, 5, 70, 20), (5, 5, 10, 10)], [0.2, 0.9, 0.9], [False, True]
    )
    assert characters == ("missed", "")
    assert finds == ("", "", "piece")


def test_counts_add_up():
    first = outcomes(compare(*judged([LEFT, RIGHT], [LEFT])[:1:-1])["mask"], 0.3)
    counts = total([first, first])
    assert counts["characters"] == {
        "found": 2,
        "wrong boundary": 0,
        "joined": 0,
        "split": 0,
        "missed": 2,
    }
    assert counts["finds"] == {"matched": 2, "joins": 0, "piece": 0, "false": 0}


def test_the_sheet_outlines_what_went_wrong():
    _, _, sample, found = judged([LEFT, RIGHT], [LEFT, (92, 0, 100, 60)])
    image, result = draw_outcomes(sample, found)
    assert result.characters == ("found", "missed") and result.finds == ("matched", "false")

    def seen(color):
        return (image == color).all(-1).any()

    assert seen(CHARACTER_COLORS["found"]) and seen(CHARACTER_COLORS["missed"])
    assert seen(FIND_COLORS["false"]) and not seen(CHARACTER_COLORS["joined"])


FIGURES = dict.fromkeys(
    ("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR100"), 0.123
) | {"AP_small": None}


def report():
    counts = total([outcomes(compare(*judged([LEFT], [LEFT])[:1:-1])["mask"], 0.3)])
    way = {
        **dict.fromkeys(("box", "mask", "boundary"), FIGURES),
        "panoptic_quality": 0.5,
        "seconds_per_picture": 1.0,
        "seconds_per_picture_median": 1.0,
        "detections_per_picture": 3.0,
        "outcomes": counts,
        "families": {"ink": {"characters": 4, "mask": FIGURES, "boundary": FIGURES}},
    }
    return {
        "pictures": 1,
        "source": "a test",
        "size": 64,
        "device": "cpu",
        "detector": "d",
        "refiner": "r",
        "coarse": way,
    }


def test_tables_tell_families_and_outcomes():
    text = table(report())
    assert "1 found, 0 wrong boundary" in text
    family = next(line for line in text.splitlines() if line.startswith("ink"))
    assert family.split()[1:4] == ["4", "12.3", "12.3"]


def test_markdown_rows_have_as_many_cells_as_their_header():
    text = markdown([report(), report()])
    assert text.count("**1 pictures, a test of 64 x 64**") == 2
    assert "| coarse mask | 12.3 | 12.3 | 12.3 | - |" in text
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_generated_scenes_are_samples_with_the_families_of_their_styles():
    class Scene:
        picture = np.full((*SIZE, 3), 255, np.uint8)
        masks = rectangles(LEFT, RIGHT, (0, 0, 9, 9)).astype(np.uint8) * np.array(
            [255, 127, 128], np.uint8
        ).reshape(3, 1, 1)
        families = ("ink", "cel", "paint")

    sample = Composed([Scene()], "scene")[0]
    assert sample.name == "scene 0" and sample.picture.max() == 1
    assert sample.families == ("ink", "paint")  # of the second one nothing is half visible
    assert sample.masks.sum(axis=(1, 2)).tolist() == [2400, 81]
