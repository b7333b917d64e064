"""Segment Characters, Segment Boxes, Instances from Masks."""

import json
import logging

import pytest
import torch


def test_one_picture(call, painter, picture):
    instances, masks, background, preview, index = call(
        "CelKitSegmentCharacters", segmenter=painter(), image=picture
    )
    assert len(instances) == 1 and len(instances[0]) == 3
    assert tuple(masks.shape) == (3, 41, 63) and masks.dtype == torch.float32
    assert masks.sum(dim=(1, 2)).tolist() == [60, 200, 96]
    assert torch.equal(background, 1 - masks.sum(dim=0, keepdim=True))
    assert preview.shape == picture.shape and not torch.equal(preview, picture)
    assert json.loads(index) == [0, 0, 0]


def test_a_batch_of_different_frames(call, painter, batch, caplog):
    with caplog.at_level(logging.INFO, logger="celkit"):
        instances, masks, background, preview, index = call(
            "CelKitSegmentCharacters", segmenter=painter(), image=batch
        )
    assert [len(item) for item in instances] == [3, 0, 1]
    assert tuple(masks.shape) == (4, 41, 63)
    assert tuple(background.shape) == (3, 41, 63) and background[1].min() == 1
    assert preview.shape == batch.shape
    assert json.loads(index) == [0, 0, 0, 2]
    assert "No character was found in picture 1 of 3." in caplog.text


@pytest.mark.parametrize("shape", [(1, 41, 63, 3), (2, 1, 1, 3), (1, 300, 8, 3)])
def test_no_character_is_no_error(call, painter, shape):
    instances, masks, background, preview, index = call(
        "CelKitSegmentCharacters", segmenter=painter(), image=torch.ones(shape)
    )
    assert [len(item) for item in instances] == [0] * shape[0]
    assert tuple(masks.shape) == (1, *shape[1:3]) and masks.sum() == 0
    assert tuple(background.shape) == shape[:3] and background.min() == 1
    assert tuple(preview.shape) == shape
    assert index == "[]"


@pytest.mark.parametrize("channels", [1, 4])
def test_grey_and_rgba_pictures(call, painter, picture, channels):
    alpha = torch.ones_like(picture[..., :1])
    image = picture[..., 1:2] if channels == 1 else torch.cat([picture, alpha], dim=3)
    instances, _, _, preview, _ = call("CelKitSegmentCharacters", segmenter=painter(), image=image)
    assert len(instances[0]) == 3 and tuple(preview.shape) == (1, 41, 63, 3)


def test_the_widgets_reach_the_segmenter(call, painter, picture):
    segmenter = painter()
    call(
        "CelKitSegmentCharacters",
        segmenter=segmenter,
        image=picture,
        refine="off",
        duplicate_threshold=0.8,
        detector_size=640,
        order="area",
    )
    (options,) = segmenter.options
    assert options == {
        "score_threshold": 0.3,
        "max_instances": 100,
        "order": "area",
        "overlaps": "keep",
        "duplicate_threshold": 0.8,
        "detector_size": 640,
        "refiner_size": None,
        "refine": False,
    }


def test_boxes_one_instance_each(call, painter, picture):
    box = {"x": 3, "y": 5, "width": 6, "height": 10}
    instances, masks, _, _, _ = call(
        "CelKitSegmentBoxes",
        segmenter=painter(),
        image=picture,
        boxes=[box],
        boxes_text="[[50, 20, 58, 32]]",
    )
    assert instances[0].boxes.tolist() == [[3, 5, 9, 15], [50, 20, 58, 32]]
    assert masks.shape[0] == 2


def test_boxes_per_frame(call, painter, batch):
    text = json.dumps([[[0, 0, 9, 9], [1, 1, 4, 4]], [], [[2, 2, 8, 8]]])
    instances, _, _, _, index = call(
        "CelKitSegmentBoxes", segmenter=painter(), image=batch, boxes_text=text
    )
    assert [len(item) for item in instances] == [2, 0, 1]
    assert json.loads(index) == [0, 0, 2]


def test_masks_of_one_picture(call, found):
    masks = found[0].masks
    instances, out, index = call(
        "CelKitInstancesFromMasks", masks=torch.cat([masks, torch.zeros(1, 41, 63)])
    )
    assert len(instances) == 1 and torch.equal(out, masks)  # the empty one is left out
    assert index == "[0, 0, 0]"


def test_masks_that_are_one_per_picture_and_split(call, found_batch):
    together = torch.stack([item.union() for item in found_batch])
    instances, _, _ = call(
        "CelKitInstancesFromMasks", masks=together, layout="one mask per picture", split=True
    )
    assert [len(item) for item in instances] == [2, 0, 0]  # 60 pixels are fewer than 64
    instances, _, _ = call(
        "CelKitInstancesFromMasks",
        masks=together,
        layout="one mask per picture",
        split=True,
        min_area=1,
        order="area",
    )
    assert [item.masks.sum(dim=(1, 2)).tolist() for item in instances] == [[200, 96, 60], [], [60]]


def test_an_empty_mask_batch_comes_back_as_no_instance(call):
    instances, masks, index = call("CelKitInstancesFromMasks", masks=torch.zeros(1, 9, 9))
    assert len(instances[0]) == 0 and tuple(masks.shape) == (1, 9, 9) and index == "[]"


@pytest.mark.parametrize("layout", ["characters of one picture", "one mask per picture"])
@pytest.mark.parametrize("split", [False, True])
def test_a_batch_of_no_mask_is_no_character(call, painter, batch, layout, split):
    options = {"masks": torch.zeros(0, 41, 63), "layout": layout, "split": split}
    instances, masks, index = call("CelKitInstancesFromMasks", **options)
    assert len(instances[0]) == 0 and tuple(masks.shape) == (1, 41, 63) and index == "[]"
    refined, _, _ = call("CelKitInstancesFromMasks", **options, image=batch, segmenter=painter())
    assert [len(item) for item in refined] == [0, 0, 0]


@pytest.mark.parametrize(
    ("value", "words"), [(float("nan"), "NaN"), (-1.0, "from -1 to"), (255.0, "to 255")]
)
@pytest.mark.parametrize("invert", [False, True])
def test_masks_that_are_no_masks_are_not_passed_over(call, value, words, invert):
    masks = torch.zeros(2, 9, 9)
    masks[0] = value
    with pytest.raises(ValueError, match=words):
        call("CelKitInstancesFromMasks", masks=masks, invert=invert)


def test_a_mask_of_another_size_than_the_picture(call, painter, picture):
    """What Load Image gives with a picture that has no transparency."""
    with pytest.raises(ValueError, match=r"masks are 64 x 64, but the picture is 63 x 41"):
        call(
            "CelKitInstancesFromMasks",
            masks=torch.zeros(1, 64, 64),
            image=picture,
            segmenter=painter(),
        )


def test_load_images_mask_needs_turning_round(call):
    transparent = torch.ones(9, 9)
    transparent[2:5, 3:7] = 0
    instances, _, _ = call("CelKitInstancesFromMasks", masks=transparent, invert=True)
    assert instances[0].boxes.tolist() == [[3, 2, 7, 5]]


def test_masks_are_refined_with_picture_and_segmenter(call, painter, picture):
    rough = torch.zeros(1, 41, 63)
    rough[0, 6:34, 16:34] = 1
    instances, _, _ = call(
        "CelKitInstancesFromMasks", masks=rough, segmenter=painter(), image=picture
    )
    assert instances[0].masks.sum() == 200
    with pytest.raises(ValueError, match="connect image"):
        call("CelKitInstancesFromMasks", masks=rough, segmenter=painter())
    with pytest.raises(ValueError, match=r"20 x 10.*63 x 41|63 x 41.*20 x 10"):
        call(
            "CelKitInstancesFromMasks",
            masks=torch.ones(10, 20),
            segmenter=painter(),
            image=picture,
        )
