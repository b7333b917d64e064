"""Finds of several looks at one picture: who is joined, with which score, mask and box."""

import numpy as np
import pytest
import torch

from cartoon_models.instances import Instances
from cartoon_models.instances.coarse import NetworkMasks
from cartoon_models.instances.decode import Candidates
from cartoon_models.instances.letterbox import Letterbox
from cartoon_models.instances.loading import _scales
from cartoon_models.instances.refiner import refine
from cartoon_models.instances.scales import Look, _promising, join, join_looks
from cartoon_models.instances.segmenter import Segmenter, _scaled
from cartoon_models.networks import ISNet


def finds(*masks, scores, labels=None, size=(60, 80)):
    """Instances of (x1, y1, x2, y2, alpha) rectangles."""
    planes = torch.zeros(len(masks), *size)
    for plane, (x1, y1, x2, y2, alpha) in zip(planes, masks, strict=True):
        plane[y1:y2, x1:x2] = alpha
    found = Instances.from_masks(planes, scores=torch.tensor(scores))
    return found if labels is None else found.replace(labels=tuple(labels))


def test_a_character_of_two_looks_is_one_and_the_surer_look_weighs_more():
    joined = join(
        [
            finds((10, 10, 30, 40, 0.8), scores=[0.9]),
            finds((10, 10, 34, 40, 1.0), scores=[0.3]),
        ],
        score_threshold=0.3,
        max_instances=10,
    )
    assert len(joined) == 1
    assert joined.scores.tolist() == pytest.approx([0.6])
    assert joined.masks[0, 20, 20] == pytest.approx(0.75 * 0.8 + 0.25)
    assert joined.masks[0, 20, 32] == pytest.approx(0.25)
    assert joined.masks[0, 50, 50] == 0
    assert joined.boxes[0].tolist() == pytest.approx([10, 10, 31, 40])


def test_a_find_of_one_look_needs_to_be_sure():
    looks = [finds((0, 0, 20, 20, 1), (40, 30, 70, 60, 1), scores=[0.9, 0.5]), finds(scores=[])]
    joined = join(looks, score_threshold=0.3, max_instances=10)
    assert joined.scores.tolist() == pytest.approx([0.45])
    assert joined.masks[0, 10, 10] == 1 and joined.masks[0, 40, 50] == 0


def test_the_best_are_kept_in_order_and_duplicates_go():
    looks = [
        finds((0, 0, 20, 20, 1), (40, 0, 60, 20, 1), (0, 30, 30, 60, 1), scores=[0.4, 0.9, 0.8]),
        # An upper and a lower part, each much the same as the whole that the first look found.
        finds((40, 0, 60, 14, 1), (40, 6, 60, 20, 1), (0, 0, 20, 20, 1), scores=[0.3, 0.5, 0.7]),
    ]
    joined = join(looks, score_threshold=0.1, max_instances=10)
    assert joined.scores.tolist() == pytest.approx([0.6, 0.55, 0.4])
    two = join(looks, score_threshold=0.1, max_instances=2)
    assert two.scores.tolist() == pytest.approx([0.6, 0.55])


def test_other_classes_and_other_places_are_not_joined():
    looks = [
        finds((0, 0, 20, 20, 1), scores=[0.9], labels=["character"]),
        finds((0, 0, 20, 20, 1), (12, 0, 32, 20, 1), scores=[0.8, 0.7], labels=["class 1"] * 2),
    ]
    joined = join(looks, score_threshold=0.1, max_instances=10)
    assert joined.labels == ("character", "class 1", "class 1")
    assert joined.scores.tolist() == pytest.approx([0.45, 0.4, 0.35])


def test_nothing_found_is_empty():
    joined = join([finds(scores=[]), finds(scores=[])], score_threshold=0.3, max_instances=5)
    assert len(joined) == 0 and joined.masks.shape == (0, 60, 80)


def test_masks_that_cannot_count_are_never_made():
    def candidates(*rows):
        boxes = torch.tensor([row[:4] for row in rows], dtype=torch.float32).reshape(-1, 4)
        scores = torch.tensor([float(row[4]) for row in rows])
        count = len(rows)
        return Candidates(
            boxes, scores, torch.zeros(count).long(), torch.zeros(count, 169), boxes.clone()
        )

    frame = Letterbox.fit((60, 80), (64, 64))
    looks = [
        (candidates((0, 0, 20, 20, 0.2), (40, 0, 60, 20, 0.2)), torch.zeros(0), frame),
        (candidates((1, 0, 21, 20, 0.5), (40, 30, 60, 50, 0.7)), torch.zeros(0), frame),
    ]
    kept = [found.scores.tolist() for found, _, _ in _promising(looks, 0.3)]
    assert kept[0] == pytest.approx([0.2]) and kept[1] == pytest.approx([0.5, 0.7])


@pytest.mark.parametrize(
    "size, scales, sides",
    [
        (448, (1, 1.5), [448, 672]),
        (320, (1,), [320]),
        (320, (1, 1.01), [320]),
        (64, (0.1, 1), [32, 64]),
    ],
)
def test_sides_are_multiples_of_32(size, scales, sides):
    assert _scaled(size, scales) == sides


@pytest.mark.parametrize("scales", [(), (0,), (1, -1), (float("nan"),), (9,)])
def test_impossible_scales_are_refused(scales):
    with pytest.raises(ValueError, match="detector_scales are one or more numbers"):
        _scaled(320, scales)


@pytest.mark.parametrize(
    "metadata, scales", [({}, (1.0,)), ({"scales": "1"}, (1.0,)), ({"scales": "1 1.5"}, (1.0, 1.5))]
)
def test_scales_come_from_the_weights_file(metadata, scales):
    assert _scales(metadata) == scales


@pytest.mark.parametrize("text", ["", "large", "1 -2", "nan", "0"])
def test_scales_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=f"gives scales '{text}'"):
        _scales({"scales": text})


class Looks(torch.nn.Module):
    """A detector that finds nothing and remembers the sizes it was shown."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.sides = []

    def forward(self, x):
        self.sides.append(x.shape[-1])
        cells = [x.shape[-1] // stride for stride in (8, 16, 32)]
        level = [torch.full((1, 1, side, side), -9.0) for side in cells]
        box = [torch.ones(1, 4, side, side) for side in cells]
        kernel = [torch.zeros(1, 169, side, side) for side in cells]
        return level, box, kernel, torch.zeros(1, 8, cells[0], cells[0])


def test_the_segmenter_looks_at_its_scales_unless_told_otherwise():
    network = Looks()
    segmenter = Segmenter(network, None, 64, detector_scales=(1.0, 1.5))
    picture = np.zeros((40, 50, 3), np.float32)
    assert len(segmenter.segment(picture)) == 0
    segmenter.segment(picture, detector_scales=(1,))
    segmenter.segment(picture, detector_size=128)
    assert network.sides == [64, 96, 64, 128, 192]


def cells(frame, stride, blobs, seed):
    """Logits of ellipses (x, y, rx, ry in shares of the picture) with some noise."""
    noise = torch.rand(len(blobs), *frame.covered(stride), generator=torch.manual_seed(seed))
    height, width = noise.shape[1:]
    rows = (torch.arange(height) + 0.5)[:, None] * stride / frame.content[0]
    columns = (torch.arange(width) + 0.5)[None] * stride / frame.content[1]
    planes = [
        9 - 9 * (((columns - x) / rx) ** 2 + ((rows - y) / ry) ** 2).clamp(max=2.5)
        for x, y, rx, ry in blobs
    ]
    return torch.stack(planes) + noise - 0.5


def two_looks(size, seed):
    """Two looks of which the second finds what the first does, moved a little, and more."""
    random = np.random.default_rng(seed)
    blobs = random.uniform((0, 0, 0.05, 0.05), (1, 1, 0.4, 0.4), (9, 4))
    moved = np.concatenate((blobs[:6] * random.uniform(0.9, 1.1, (6, 4)), blobs[:3, [1, 0, 2, 3]]))
    looks = []
    for side, found in ((96, blobs), (160, moved)):
        frame = Letterbox.fit(size, (side, side))
        logits = cells(frame, 8, found.tolist(), seed)
        boxes = torch.from_numpy(random.uniform(0, 50, (len(found), 4))).float()
        scores = torch.from_numpy(random.uniform(0.05, 1, len(found))).float()
        labels = tuple(random.choice(["character", "class 1"], len(found), p=[0.8, 0.2]).tolist())
        looks.append(Look(NetworkMasks(logits, frame, 8), boxes, scores, labels))
    return looks


def whole(look):
    """The same find with its masks at the picture's size."""
    masks = look.masks.frame.paint(look.masks.logits, 8)
    found = Instances.from_masks(masks, scores=look.scores, labels=look.labels)
    return found.replace(boxes=look.boxes)


SIZES = [(90, 160), (301, 173), (330, 350), (500, 707)]


@pytest.mark.parametrize("size", [*SIZES, (700, 1000)])
@pytest.mark.parametrize("seed", [0, 1])
def test_joining_at_the_networks_size_is_joining_at_the_pictures(size, seed):
    looks = two_looks(size, seed)
    finds = join_looks(looks, 0.1, 12)
    wholes = [whole(look) for look in looks]
    plain = join(wholes, 0.1, 12)
    assert any(len(own) == 2 for own in finds.masks.members)
    assert torch.equal(finds.scores, plain.scores) and torch.equal(finds.boxes, plain.boxes)
    assert finds.labels == plain.labels and len(finds) == len(plain) > 5
    found = finds.instances()
    assert torch.allclose(found.masks, plain.masks, rtol=0, atol=1e-6)
    for index, mask in enumerate(finds.masks):
        assert torch.equal(mask, found.masks[index])
        members = finds.masks.members[index]
        mean = sum(share * wholes[look].masks[i].double() for look, i, share in members)
        assert torch.allclose(mask.double(), mean, rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1, 3])
def test_samples_are_those_of_the_whole_masks(size, step):
    for look in two_looks(size, 3):
        frame, logits = look.masks.frame, look.masks.logits
        samples = frame.sampled(logits, 8, step).sigmoid()
        expected = frame.paint(logits, 8)[:, ::step, ::step]
        assert samples.shape == expected.shape
        near = (samples - expected).abs() < 5e-4  # painted masks are 0 where they are nothing
        assert near.all()
        inside = look.masks.inside(step) != (expected >= 0.5)
        assert ((samples - 0.5).abs()[inside] < 1e-5).all()


def test_no_mask_is_made_at_the_pictures_size_until_it_is_asked_for(monkeypatch):
    asked = []
    part = NetworkMasks.part
    monkeypatch.setattr(
        NetworkMasks, "part", lambda self, index: asked.append(index) or part(self, index)
    )
    finds = join_looks(two_looks((400, 600), 0), 0.1, 12)
    assert len(finds) > 5 and not asked
    first = finds.masks[0]
    assert len(asked) == len(finds.masks.members[0])
    assert first.shape == finds.masks.shape[1:] == (400, 600)


@pytest.mark.parametrize("mode", ["frame", "crop", "detail"])
@pytest.mark.parametrize("published", [True, False])
def test_masks_are_refined_as_if_they_were_there(mode, published):
    masks = join_looks(two_looks((301, 233), 1), 0.1, 8).masks
    torch.manual_seed(0)
    refiner = ISNet(4, 0.0625).eval()
    picture = torch.rand(301, 233, 3)
    shown = [
        refine(refiner, picture, each, size=96, mode=mode, published=published)
        for each in (masks, masks.whole())
    ]
    assert len(shown[0]) > 4 and torch.equal(*shown)
