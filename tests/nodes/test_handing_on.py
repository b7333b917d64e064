"""SEGS, SEGM_DETECTOR, BOUNDING_BOX, LAYERS: the formats of others."""

import json

import numpy as np
import pytest
import torch


def test_segs(call, found, picture):
    ((size, segs),) = call("CelKitInstancesToSEGS", instances=found, image=picture, crop_factor=2.0)
    assert size == (41, 63) and len(segs) == 3
    for seg in segs:
        x1, y1, x2, y2 = seg.crop_region
        assert 0 <= x1 < x2 <= 63 and 0 <= y1 < y2 <= 41
        assert isinstance(seg.cropped_mask, np.ndarray) and seg.cropped_mask.dtype == np.float32
        assert seg.cropped_mask.shape == (y2 - y1, x2 - x1)
        assert tuple(seg.cropped_image.shape) == (1, y2 - y1, x2 - x1, 3)
        assert seg.label == "character" and seg.control_net_wrapper is None
    assert segs[0].bbox == (3, 5, 9, 15) and segs[0].crop_region == [0, 0, 12, 20]
    assert [seg.cropped_mask.sum() for seg in segs] == [60, 200, 96]


def test_segs_of_one_picture_of_a_batch(call, found_batch, batch):
    ((_, segs),) = call("CelKitInstancesToSEGS", instances=found_batch, picture=2)
    assert len(segs) == 1 and segs[0].cropped_image is None
    ((size, none),) = call("CelKitInstancesToSEGS", instances=found_batch, image=batch, picture=1)
    assert size == (41, 63) and none == []
    ((_, large),) = call("CelKitInstancesToSEGS", instances=found_batch, drop_size=8)
    assert [seg.bbox for seg in large] == [(20, 10, 30, 30)]


def test_the_detector_for_detailer_packs(call, painter, picture):
    segmenter = painter()
    (detector,) = call("CelKitSegmDetector", segmenter=segmenter, refine="off")
    detector.setAux("person")
    size, segs = detector.detect(picture, 0.5, 0, 1.5)
    assert size == (41, 63) and len(segs) == 3
    assert segmenter.options[0] == {"score_threshold": 0.5, "refine": False}
    _, grown = detector.detect(picture, 0.5, 4, 1.5, drop_size=8, detailer_hook=None)
    assert [seg.cropped_mask.sum() for seg in grown] == [9 * 13, 13 * 23, 11 * 15]
    together = detector.detect_combined(picture, 0.5, 0)
    assert tuple(together.shape) == (41, 63) and together.sum() == 356
    assert detector.detect_combined(torch.ones_like(picture), 0.5, 0) is None
    with pytest.raises(ValueError, match="one picture at a time, but 2"):
        detector.detect(torch.cat([picture, picture]), 0.5, 0, 1.5)


def test_a_detailer_hook_sees_the_segs(call, painter, picture):
    class Hook:
        def post_detection(self, segs):
            return segs[0], segs[1][:1]

    (detector,) = call("CelKitSegmDetector", segmenter=painter())
    assert len(detector.detect(picture, 0.5, 0, 1.5, detailer_hook=Hook())[1]) == 1


def test_bounding_boxes_of_a_picture_and_of_a_batch(call, found, found_batch):
    boxes, text = call("CelKitInstancesToBoundingBox", instances=found)
    assert boxes[0] == {
        "x": 3,
        "y": 5,
        "width": 6,
        "height": 10,
        "label": "character",
        "score": 1.0,
        "metadata": {"name": "character 0"},
    }
    assert json.loads(text)[1] == [20, 10, 30, 30]
    frames, _ = call("CelKitInstancesToBoundingBox", instances=found_batch)
    assert [len(frame) for frame in frames] == [3, 0, 1]


def test_boxes_go_round(call, painter, found_batch, batch):
    for number in (0, 1):  # the boxes and the text
        given = call("CelKitInstancesToBoundingBox", instances=found_batch)[number]
        name = ("boxes", "boxes_text")[number]
        again = call("CelKitSegmentBoxes", segmenter=painter(), image=batch, **{name: given})[0]
        assert [item.boxes.tolist() for item in again] == [
            item.boxes.tolist() for item in found_batch
        ]


@pytest.mark.parametrize(
    ("bottom", "names"),
    [
        ("background with holes", ["background"]),
        ("whole picture", ["picture"]),
        ("none", []),
    ],
)
def test_layers(call, found, picture, bottom, names):
    (document,) = call("CelKitInstancesToLayers", instances=found, image=picture, bottom=bottom)
    assert document["version"] == 1 and document["canvas"] == (63, 41)
    layers = document["layers"]
    assert [layer["name"] for layer in layers] == [*names, *(f"character {i}" for i in range(3))]
    # Put together again from the lowest up (a mask is 1 where transparent), it is the picture.
    canvas = torch.zeros(41, 63, 3)
    for layer in sorted(layers, key=lambda item: item["z_index"]):
        x, y = layer["x"], layer["y"]
        height, width = layer["image"].shape[1:3]
        assert layer["mask"].shape == layer["image"].shape[:3] and layer["type"] == "raster"
        alpha = 1 - layer["mask"][0, ..., None]
        below = canvas[y : y + height, x : x + width]
        below.copy_(alpha * layer["image"][0] + (1 - alpha) * below)
    seen = picture[0] if bottom != "none" else picture[0] * found[0].union()[..., None]
    assert torch.allclose(canvas, seen)
