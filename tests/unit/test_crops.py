"""Which crops are refined together, and how large each of them is shown."""

import pytest
import torch

from cartoon_models.instances.crops import ENLARGE, FRAME_SHARE, lay_out
from cartoon_models.instances.letterbox import Letterbox

FRAME = Letterbox((800, 1280), (200, 320), (224, 320))


def boxes(*sizes):
    """Empty masks of the picture that `FRAME` shows, and boxes of these sizes in its middle."""
    corners = [(640 - w / 2, 400 - h / 2, 640 + w / 2, 400 + h / 2) for h, w in sizes]
    return torch.zeros(len(sizes), 800, 1280), torch.tensor(corners).reshape(-1, 4)


def laid_out(*sizes, size=320, square=False, frame=FRAME, together=4):
    return lay_out(*boxes(*sizes), size=size, square=square, frame=frame, together=together)


def test_alike_crops_share_an_input():
    wide, tall = (100, 400), (400, 100)
    groups = laid_out(wide, tall, wide, tall, tall, wide, wide, tall)
    assert [{crop.index for crop in group} for group in groups] == [{0, 2, 5, 6}, {1, 3, 4, 7}]
    for group in groups:
        assert len({crop.letterbox.padded for crop in group}) == 1
    assert groups[0][0].letterbox.padded[0] < groups[0][0].letterbox.padded[1]
    assert groups[1][0].letterbox.padded[0] > groups[1][0].letterbox.padded[1]


@pytest.mark.parametrize("together", [1, 3, 4])
@pytest.mark.parametrize("frame", [FRAME, None])
def test_every_crop_is_in_one_group_and_no_group_is_too_large(together, frame):
    shapes = [(20 + 30 * n, 200 - 15 * n) for n in range(11)]
    groups = laid_out(*shapes, together=together, frame=frame)
    assert sorted(crop.index for group in groups for crop in group) == list(range(11))
    assert max(map(len, groups)) <= together
    if together > 1:
        assert len(groups) < 11


@pytest.mark.parametrize("frame", [FRAME, None])
def test_who_else_is_in_the_picture_changes_nothing(frame):
    shapes = [(500, 300), (40, 60), (760, 90), (200, 700), (350, 340)]
    (together,) = [{c.index: c for g in laid_out(*shapes, frame=frame) for c in g}]
    for index, shape in enumerate(shapes):
        ((alone,),) = laid_out(shape, frame=frame)
        assert (alone.rows, alone.columns) == (together[index].rows, together[index].columns)
        assert alone.letterbox == together[index].letterbox


@pytest.mark.parametrize("frame", [FRAME, None])
def test_a_pixel_more_or_less_gives_the_same_crop(frame):
    """But for masks that end just at a step: there, one in so many."""
    same = 0
    for length in range(200, 300):
        ((before,), (after,)) = (laid_out((length + more, 150), frame=frame)[0] for more in (0, 2))
        same += (before.rows, before.columns) == (after.rows, after.columns)
    assert same >= 75


@pytest.mark.parametrize(
    "sizes", [[(500, 300)], [(700, 100), (100, 1200)], [(800, 1280), (40, 30), (700, 200)]]
)
def test_a_crop_is_bounded_by_the_frame(sizes):
    for group in laid_out(*sizes):
        for crop in group:
            height, width = crop.letterbox.padded
            assert height * width <= FRAME_SHARE * 224 * 320
            assert height % 32 == width % 32 == 0
            assert max(crop.letterbox.content) <= 320


def test_a_crop_is_widened_to_what_its_input_has_room_for():
    """And only inside the picture; what was to be seen stays in it, at the same scale."""
    shapes = ((400, 380), (760, 300), (400, 150))
    for crop in (crop for group in laid_out(*shapes) for crop in group):
        height, width = shapes[crop.index]
        assert crop.rows.start <= 400 - height / 2 and crop.rows.stop >= 400 + height / 2
        assert crop.columns.start <= 640 - width / 2 and crop.columns.stop >= 640 + width / 2
        assert 0 <= crop.rows.start < crop.rows.stop <= 800
        rows, columns = crop.letterbox.scale
        assert rows == pytest.approx(columns, rel=0.01)
        full = [
            content >= padded - 2 or original == whole
            for content, padded, original, whole in zip(
                crop.letterbox.content,
                crop.letterbox.padded,
                crop.letterbox.original,
                (800, 1280),
                strict=True,
            )
        ]
        assert all(full)


def test_without_a_frame_every_crop_is_as_large_as_it_can_be():
    groups = laid_out((700, 200), (200, 700), (16, 16), frame=None)
    by_index = {crop.index: crop.letterbox for group in groups for crop in group}
    assert max(by_index[0].content) == max(by_index[1].content) == 320
    assert max(by_index[2].scale) == pytest.approx(ENLARGE)
    assert by_index[0].padded == (320, 128)
    assert by_index[1].padded[1] == 320


def test_published_inputs_are_squares():
    groups = laid_out((500, 300), (60, 700), size=96, square=True)
    assert [crop.letterbox.padded for group in groups for crop in group] == [(96, 96)] * 2
    assert [max(crop.letterbox.content) for group in groups for crop in group] == [96, 96]


def test_a_crop_lies_around_mask_and_box_inside_the_picture():
    masks = torch.zeros(2, 100, 200)
    masks[0, 40:60, 0:50] = 1
    (group,) = lay_out(
        masks,
        torch.tensor([[30.0, 45, 70, 99], [0, 0, 0, 0]]),
        size=64,
        square=False,
        frame=None,
        together=4,
    )
    (crop,) = group  # there is nothing to see of the other one
    # 12 to 100 with the margin; the input of 64 x 64 has room for the rows above, too.
    assert (crop.index, crop.rows, crop.columns) == (0, slice(0, 100), slice(0, 100))
    assert crop.letterbox == Letterbox((100, 100), (64, 64), (64, 64))


def test_nothing_to_refine_gives_no_groups():
    assert (
        lay_out(torch.zeros(3, 10, 10), None, size=64, square=False, frame=None, together=4) == []
    )


@pytest.mark.parametrize("frame", [FRAME, None])
def test_a_few_pixels_far_away_do_not_move_the_crop(frame):
    mask = torch.zeros(1, 800, 1280)
    mask[0, 200:500, 400:600] = 1
    speckled = mask.clone()
    speckled[0, 560:564, 500:510] = 1
    speckled[0, 300:306, 700:709] = 0.9
    ((one,),), ((other,),) = (
        lay_out(masks, None, size=320, square=False, frame=frame, together=4)
        for masks in (mask, speckled)
    )
    assert (one.rows, one.columns) == (other.rows, other.columns)


def test_a_thin_end_lies_inside_its_crop():
    mask = torch.zeros(1, 800, 1280)
    mask[0, 300:500, 400:600] = 1
    mask[0, 250:300, 498:502] = 1  # half a per cent, a quarter longer
    ((crop,),) = lay_out(mask, None, size=320, square=False, frame=FRAME, together=1)
    assert crop.rows.start <= 250 and crop.rows.stop >= 500
    assert crop.columns.start <= 400 and crop.columns.stop >= 600


def test_a_mask_of_a_few_pixels_keeps_its_crop():
    masks = torch.zeros(3, 800, 1280)
    masks[0, 100, 100] = 1
    masks[1, 100:102, 100:103] = 0.2
    groups = lay_out(masks, None, size=320, square=False, frame=FRAME, together=4)
    crops = {crop.index: crop for group in groups for crop in group}
    assert set(crops) == {0, 1}
    for crop in crops.values():
        assert crop.rows.start <= 100 < crop.rows.stop
        assert crop.columns.start <= 100 < crop.columns.stop
