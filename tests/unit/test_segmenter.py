"""The two-stage segmenter on small random networks: geometry, options, prompts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from cartoon_models.instances import Segmenter, boxes_of_masks, decode, load_segmenter
from cartoon_models.instances.letterbox import Letterbox
from cartoon_models.instances.refiner import refine
from cartoon_models.networks import ISNet, RTMDetIns, fuse_norms, rtmdet_ins_config


class CopyRefiner(nn.Module):
    """Gives the coarse mask back: what is left is the geometry around the network."""

    in_channels = 4
    width = 0.25

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def picture_share(self, picture):
        return picture

    def refine_from(self, share, masks):
        return (masks - 0.5) * 40

    def finest(self, x):
        return self.refine_from(self.picture_share(x[:, :3]), x[:, 3:])


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    torch.manual_seed(0)
    detector, refiner = RTMDetIns(rtmdet_ins_config("tiny")), ISNet(4, 0.0625)
    for prediction in detector.head.rtm_reg:
        nn.init.constant_(prediction.bias, 3.0)
    return Segmenter(fuse_norms(detector), fuse_norms(refiner), 160, 96)


def disc(height: int, width: int, y: float, x: float, radius: float) -> torch.Tensor:
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return (((rows - y) ** 2 + (columns - x) ** 2) < radius**2).float()


def iou(a: torch.Tensor, b: torch.Tensor) -> float:
    a, b = a >= 0.5, b >= 0.5
    return ((a & b).sum() / (a | b).sum()).item()


@pytest.mark.parametrize("mode", ["frame", "crop", "detail"])
@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("size", [(90, 70), (301, 423), (64, 900)])
def test_refining_keeps_masks_in_their_place(mode, published, size):
    height, width = size
    masks = torch.stack(
        [
            disc(height, width, height / 2, width / 3, height / 4),
            disc(height, width, height - 10, width - 12, 14),
        ]
    )
    redrawn = refine(
        CopyRefiner(), torch.rand(height, width, 3), masks, size=160, mode=mode, published=published
    )
    assert redrawn.shape == masks.shape
    low = 0.85 if mode == "frame" else 0.9  # a 900 pixel picture shrunk to 160 keeps less
    assert all(iou(a, b) > low for a, b in zip(redrawn, masks, strict=True))


def test_crop_refining_sees_more_than_the_frame():
    height, width = 1200, 1600
    mask = disc(height, width, 400, 500, 60)
    mask[400, 500:640] = 1  # a hair, one pixel wide
    picture = torch.rand(height, width, 3)
    by_frame = refine(CopyRefiner(), picture, mask[None], size=320, mode="frame")[0]
    by_crop = refine(CopyRefiner(), picture, mask[None], size=320, mode="crop")[0]
    assert iou(by_crop, mask) > iou(by_frame, mask)
    assert by_crop[400, 600] > 0.5


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("size", [(400, 1600), (900, 900), (1600, 300), (100, 120), (70, 20)])
def test_a_crop_costs_no_more_than_the_frame(size, count):
    """In pixels of the network's input."""
    seen = []

    class Counting(CopyRefiner):
        def refine_from(self, share, masks):
            seen.append((len(masks), masks.shape[-2] * masks.shape[-1]))
            return super().refine_from(share, masks)

    radii = (30, 140, 50, 90, 10)
    masks = torch.stack([disc(*size, size[0] / 2, size[1] / 2, r) for r in radii[:count]])
    calls = {}
    for mode in ("frame", "crop"):
        refine(Counting(), torch.rand(*size, 3), masks, size=320, mode=mode, published=False)
        calls[mode] = seen.copy()
        seen.clear()
    assert sum(n for n, _ in calls["crop"]) == sum(n for n, _ in calls["frame"]) == count
    assert max(p for _, p in calls["crop"]) <= calls["frame"][0][1]


@pytest.mark.parametrize("mode", ["frame", "crop", "detail"])
@pytest.mark.parametrize("published", [True, False])
def test_instances_that_go_through_the_network_together_stay_apart(mode, published):
    """As each alone: only the padding of its input may differ."""
    masks = torch.stack(
        [
            disc(300, 500, 150, 100, 60),
            torch.zeros(300, 500),
            disc(300, 500, 60, 300, 40),
            disc(300, 500, 200, 400, 90),
            disc(300, 500, 280, 20, 15),
            disc(300, 500, 100, 450, 30),
        ]
    )
    steps = []
    arguments = {"size": 96, "mode": mode, "published": published}
    picture = torch.rand(300, 500, 3)
    together = refine(
        CopyRefiner(), picture, masks, **arguments, progress=lambda *step: steps.append(step)
    )
    assert steps[-1] == (6, 6) and [done for done, _ in steps] == sorted(d for d, _ in steps)
    assert together[1].max() < 0.5
    for index in (0, 2, 3, 4, 5):
        alone = refine(CopyRefiner(), picture, masks[index, None], **arguments)[0]
        assert iou(together[index], alone) > 0.9
        assert iou(together[index], masks[index]) > 0.85


def test_a_large_network_takes_instances_one_at_a_time_on_the_cpu():
    asked = []

    class Counting(CopyRefiner):
        def refine_from(self, share, masks):
            asked.append(len(masks))
            return super().refine_from(share, masks)

    network = Counting()
    masks = disc(40, 40, 20, 20, 9).expand(3, -1, -1)
    for width in (0.25, 1.0):
        network.width = width
        for mode in ("frame", "crop"):
            refine(network, torch.rand(40, 40, 3), masks, size=720, mode=mode)
    assert asked == [3, 3, 1, 1, 1, 1, 1, 1]


def test_a_small_picture_is_enlarged_for_a_network_that_was_not_published():
    seen = []

    class Looking(CopyRefiner):
        def picture_share(self, picture):
            seen.append(tuple(picture.shape[-2:]))
            return picture

    mask = disc(60, 90, 30, 30, 20)
    for published in (True, False):
        refine(
            Looking(),
            torch.rand(60, 90, 3),
            mask[None],
            size=160,
            mode="frame",
            published=published,
        )
    assert seen == [(160, 160), (128, 160)]


def test_detail_redraws_the_edge_at_full_resolution():
    """A refiner that knows the answer is only asked along the edge, and is believed there."""
    height, width = 900, 700
    truth = disc(height, width, 450, 350, 300)
    truth[450, 640:690] = 1
    asked = []

    class Oracle(CopyRefiner):
        looked = False

        def finest(self, x):
            if not self.looked:  # the first look: shrunk, and the hair is lost
                self.looked = True
                return (torch.nn.functional.avg_pool2d(x[:, 3:], 5, 1, 2) - 0.5) * 40
            asked.append(len(x))  # the second look: the answer is in the picture
            return (x[:, :1] - 0.5) * 40

    picture = truth[..., None].expand(-1, -1, 3)
    arguments = {"size": 160, "boxes": torch.tensor([[20.0, 20, 695, 880]])}
    crop = refine(Oracle(), picture, truth[None], mode="crop", **arguments)[0]
    detail = refine(Oracle(), picture, truth[None], mode="detail", **arguments)[0]
    assert iou(detail, truth) > iou(crop, truth) and iou(detail, truth) > 0.999
    assert 10 < sum(asked) < 40  # of 48 tiles, those on the edge


@pytest.mark.parametrize("size", [(1, 1, 3), (75, 301, 3), (300, 80, 4), (40, 41), (30, 8000, 3)])
def test_any_picture(segmenter, size):
    picture = torch.rand(size)
    # A random network's masks are alike, so they are not compared.
    options = {"score_threshold": 0.0, "mask_nms_threshold": None}
    found = segmenter.segment(picture, max_instances=3, **options)
    assert len(found) == 3 and found.masks.shape[1:] == size[:2]
    assert torch.equal(found.boxes, boxes_of_masks(found.masks))
    for mode in ("frame", "crop", "detail"):
        again = segmenter.segment(picture, max_instances=2, refine_mode=mode, **options)
        assert len(again) == 2
    assert len(segmenter.segment_boxes(picture, [[0, 0, 1, 1], [0, 0, 9999, 9999]])) == 2


def test_nothing_found_is_empty_and_valid(segmenter):
    found = segmenter.segment(np.zeros((50, 60, 3), np.float32), score_threshold=1.0)
    assert len(found) == 0 and found.masks.shape == (0, 50, 60) and found.boxes.shape == (0, 4)


def test_same_input_same_bytes(segmenter):
    picture = torch.rand(120, 90, 3)
    first, second = (
        segmenter.segment(picture, score_threshold=0.0, max_instances=4) for _ in range(2)
    )
    assert torch.equal(first.masks, second.masks) and torch.equal(first.boxes, second.boxes)


def test_progress_counts_to_the_end_and_can_cancel(segmenter):
    seen = []
    picture = torch.rand(64, 64, 3)
    segmenter.segment(
        picture,
        score_threshold=0.0,
        max_instances=3,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (4, 4) and [done for done, _ in seen] == sorted(d for d, _ in seen)

    def cancel(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        segmenter.segment(picture, score_threshold=0.0, progress=cancel)


@pytest.mark.parametrize("mode", ["frame", "crop"])
def test_a_box_in_which_the_refiner_sees_nobody_stays_filled(mode):
    """Not a haze over the picture, whose box would be the picture's."""

    class Blind(CopyRefiner):
        def finest(self, x):
            return x[:, 3:] * 0 - 4

        def refine_from(self, share, masks):
            return masks * 0 - 4

    blind = Segmenter(None, Blind(), refiner_size=64)
    found = blind.segment_boxes(torch.rand(40, 60, 3), [[10, 5, 30, 35]], refine_mode=mode)
    assert found.boxes.tolist() == [[10, 5, 30, 35]]
    assert found.masks[0, 5:35, 10:30].min() == 1
    assert found.masks.sum() == 20 * 30


def test_boxes_give_one_instance_each_in_order(segmenter):
    picture = torch.rand(100, 120, 3)
    boxes = [[60, 10, 110, 90], [5, 5, 50, 80], [60, 10, 110, 90]]
    copy = Segmenter(segmenter.detector, CopyRefiner(), 160, 160)
    found = copy.segment_boxes(picture, boxes)
    assert torch.allclose(found.boxes, torch.tensor(boxes).float(), atol=1)
    assert torch.equal(found.masks[0], found.masks[2])
    for prompt in ("box", "match"):
        assert len(segmenter.segment_boxes(picture, boxes, prompt=prompt)) == 3
    assert len(segmenter.segment_boxes(picture, [])) == 0


def test_masks_are_redrawn_in_order(segmenter):
    masks = torch.stack([disc(80, 90, 40, 60, 20), disc(80, 90, 40, 20, 15)])
    found = Segmenter(None, CopyRefiner(), 160, 160).segment_masks(torch.rand(80, 90, 3), masks)
    assert all(iou(a, b) > 0.95 for a, b in zip(found.masks, masks, strict=True))


@pytest.mark.parametrize("mode", ["frame", "crop", "detail"])
def test_a_mask_that_the_refiner_sees_nothing_in_stays_as_it_was_drawn(mode):
    class Blind(CopyRefiner):
        def refine_from(self, share, masks):
            return torch.full_like(masks, -4.0)  # a haze

    masks = torch.stack([disc(80, 90, 40, 60, 20), disc(80, 90, 40, 20, 15)])
    blind = Segmenter(None, Blind(), 160, 160)
    found = blind.segment_masks(torch.rand(80, 90, 3), masks, refine_mode=mode)
    assert torch.equal(found.masks, masks)


@pytest.mark.parametrize(
    "call, sentence",
    [
        (
            lambda s, p: s.segment_boxes(p, [[0, 0, 10, 10], [200, 0, 210, 10]]),
            r"Box 1, \(200, 0, 210, 10\), lies outside the 60 x 50",
        ),
        (lambda s, p: s.segment_boxes(p, [[10, 0, 5, 10]]), "x1 < x2"),
        (lambda s, p: s.segment_boxes(p, [[0, 0, float("nan"), 10]]), "Box 0"),
        (lambda s, p: s.segment_boxes(p, [[1, 2, 3]]), r"\[1, 3\]"),
        (lambda s, p: s.segment_boxes(p, [[0, 0, 9, 9]], prompt="point"), "'point'"),
        (lambda s, p: s.segment_masks(p, torch.zeros(1, 5, 6)), "6 x 5 pixels.*60 x 50"),
        (lambda s, p: s.segment(p, refine_mode="tiles", score_threshold=0.0), "'tiles'"),
        (lambda s, p: s.segment(p, order="tallest"), "tallest"),
        (lambda s, p: s.segment(p, score_threshold=3), "score_threshold"),
        (lambda s, p: s.segment(p, detector_size=333), "multiple of 32"),
        (lambda s, p: s.segment(p * float("nan")), "NaN"),
        (lambda s, p: Segmenter(None, s.refiner).segment(p), "no detector"),
        (
            lambda s, p: Segmenter(s.detector, None).segment_boxes(p, [[0, 0, 9, 9]]),
            "needs a refiner",
        ),
        (
            lambda s, p: Segmenter(None, s.refiner).segment_boxes(
                p, [[0, 0, 9, 9]], prompt="match"
            ),
            "needs a detector",
        ),
    ],
)
def test_bad_input_is_a_sentence(segmenter, call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(segmenter, torch.rand(50, 60, 3))


def test_mask_suppression_tells_poses_from_repeats(segmenter):
    """Two boxes too different to suppress: with one mask they are one character."""
    cls = [torch.full((1, 1, side, side), -9.0) for side in (8, 4, 2)]
    box = [torch.zeros(1, 4, side, side) for side in (8, 4, 2)]
    kernel = [torch.zeros(1, 169, side, side) for side in (8, 4, 2)]
    mask_feat = torch.zeros(1, 8, 8, 8)
    mask_feat[0, 0, 2:6, 2:6] = 1
    for row, reach, weight in ((3, 20.0, 1.0), (4, 8.0, 1.0), (5, 20.0, -1.0)):
        cls[0][0, 0, row, 4] = 3.0 - row / 10
        box[0][0, :, row, 4] = reach
        # weights 80 + 64 + 8: prototype 0 through both layers, then scaled around 0.5
        kernel[0][0, [2, 80, 144], row, 4] = torch.tensor([1.0, 1.0, 20 * weight])
        kernel[0][0, 168, row, 4] = -10.0 * weight
    raw, sizes = (cls, box, kernel, mask_feat), ((64, 64), (64, 64))
    assert len(decode(*raw, *sizes, nms_threshold=0.7)) == 3
    kept = decode(*raw, *sizes, nms_threshold=0.7, mask_nms_threshold=0.6)
    assert len(kept) == 2 and kept.scores[0] > kept.scores[1]
    assert kept.masks[0, 30, 30] > 0.9 and kept.masks[1, 30, 30] < 0.1


def test_decode_takes_one_picture(segmenter):
    raw = segmenter.detector(torch.zeros(2, 3, 64, 64))
    with pytest.raises(ValueError, match="batch of 2"):
        decode(*raw, (64, 64), (64, 64))


def test_published_letterbox_sizes():
    """int(x + 0.5), top left, upscaling too: as mmcv's Resize and Pad do."""
    assert Letterbox.fit((707, 1000), (640, 640)).content == (452, 640)
    assert Letterbox.fit((100, 50), (640, 640)).content == (640, 320)
    assert Letterbox.fit((100, 50), (720, 720), enlarge=False).content == (100, 50)
    assert Letterbox.fit((1, 5000), (640, 640)).content == (1, 640)


@pytest.mark.parametrize("original", [(384, 480), (1080, 1920), (101, 3999), (33, 31), (1, 1)])
def test_ways_back_to_the_picture_agree(original):
    """Painting in parts, OpenCV and torch are one map; far outside a mask is exactly 0."""
    frame = Letterbox.fit(original, (160, 160))
    cells = torch.full((2, 20, 20), -30.0)
    cells[0] = torch.randn(20, 20)
    cells[1, 3:6, 8:12] = torch.randn(3, 4) * 3
    painted = frame.paint(cells, 8)
    factors = [8 / scale for scale in frame.scale]
    for plane, mask in zip(cells, painted, strict=True):
        expected = torch.ops.aten.upsample_bilinear2d(
            plane[None, None], list(original), False, *factors
        )[0, 0].sigmoid()
        assert torch.allclose(mask, expected, atol=5e-4)
    maps = torch.randn(1, 160, 160)
    factors = [1 / scale for scale in frame.scale]
    expected = torch.ops.aten.upsample_bilinear2d(maps[None], list(original), False, *factors)
    assert torch.allclose(frame.back(maps)[0], expected[0, 0].sigmoid(), atol=1e-3)


def test_half_precision_is_for_the_refiner_alone():
    """A box a tenth of a pixel away can give another crop, and a score another character."""
    loaded = load_segmenter(device="cpu", dtype=torch.float16)
    assert {p.dtype for p in loaded.detector.parameters()} == {torch.float32}
    assert {p.dtype for p in loaded.refiner.parameters()} == {torch.float16}
