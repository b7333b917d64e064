"""The largest move that shows nothing that is not there."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene
from cartoon_models.scene.geometry import views
from cartoon_models.scene.moves.keyframes import camera_keyframes
from cartoon_models.scene.moves.paths import preset_path
from cartoon_models.scene.moves.presets import AUTO_SAFE, camera_preset
from cartoon_models.scene.moves.safe import LARGEST, largest_safe, safe_amount
from cartoon_models.scene.outline import cut_edges
from cartoon_models.scene.render.frames import render_details
from cartoon_models.scene.reveal import frame_coverage
from cartoon_models.scene.trace import looks_at

HEIGHT, WIDTH = SIZE = (40, 60)
ABOVE = 2e-5  # of the frame's width: a thousandth of a pixel here


def layer(box, disparity, name, plane=(0.0, 0.0), relief=None, instance=None):
    x1, y1, x2, y2 = box
    rgba = torch.ones(y2 - y1, x2 - x1, 4)
    return Layer(name, rgba, (x1, y1), (disparity, *plane), relief, instance)


def scene(margin=2, plate=0.4, near=(20, 10, 40, 34), slopes=(0.0, 0.0)):
    box = (-margin, -margin, WIDTH + margin, HEIGHT + margin)
    far = layer((4, 8, 16, 30), 0.5, "character 0", instance=0)
    layers = (far, layer(near, 0.8, "character 1", instance=1))
    return LayeredScene(layer(box, plate, "plate", slopes), layers, SIZE)


def covered(made, camera):
    return float(frame_coverage(made, camera).min())


def check_limit(made, path):
    """The limit, after a look at the pixels of frames at it and a little above."""
    found = largest_safe(path, made)
    assert 0 < found.amount < LARGEST, found
    assert covered(made, path(found.amount)) == 1
    assert covered(made, path(found.amount + ABOVE)) < 1
    return found


@pytest.mark.parametrize("margin", [1, 2])
def test_a_truck_may_go_as_far_as_the_margin_of_the_plate(margin):
    made = scene(margin)
    found = check_limit(made, preset_path("truck", made, 9))
    # Half the amount to each side, and the plate goes half as far as the nearest layer.
    assert found.amount == pytest.approx(margin / WIDTH * 2 * 2, abs=1e-7)
    assert found.reason == "the plate ends at its left edge"
    assert safe_amount("truck", made, frames=9) == found.amount


def test_a_pan_and_a_tilt_take_the_whole_margin():
    made = scene(3)
    assert safe_amount("pan", made) == pytest.approx(2 * 3 / WIDTH, abs=1e-7)
    assert safe_amount("tilt", made) == pytest.approx(2 * 3 / WIDTH, abs=1e-7)
    check_limit(made, preset_path("tilt", made, 5))


@pytest.mark.parametrize("name", ["pan", "truck", "pedestal", "arc", "orbit", "handheld", "loop"])
@pytest.mark.parametrize("slopes", [(0.0, 0.0), (0.1, 0.3)])
def test_pixels_are_there_at_the_limit_and_not_above(name, slopes):
    made = scene(1, 0.6, slopes=slopes)
    check_limit(made, preset_path(name, made, 12, instance=0, seed=1))


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("name", "zoom"), [("truck", 1.0), ("orbit", 1.0), ("handheld", 1.05)])
def test_rendered_frames_are_opaque_at_the_limit_and_not_above(name, zoom, interpolation):
    waves = 0.05 * torch.sin(torch.arange(HEIGHT + 2) / 6)[:, None].expand(-1, WIDTH + 2)
    for relief in (None, waves.contiguous()):
        made = scene(1, 0.6, slopes=(0.05, 0.2))
        made = replace(made, plate=replace(made.plate, relief=relief))
        path = preset_path(name, made, 6, seed=3, zoom=zoom)
        limit = safe_amount(name, made, frames=6, seed=3, zoom=zoom)
        alphas = [
            min(
                float(frame.alpha.min())
                for frame in render_details(made, camera, interpolation=interpolation)
            )
            for camera in (path(limit), path(limit + 0.002))
        ]
        assert 0 < limit < LARGEST and alphas[0] > 0.9999 and alphas[1] < 0.995


@pytest.mark.parametrize("size", [(44, 60), (80, 60), (90, 120), (20, 30)])
def test_frames_of_another_size_have_another_limit(size):
    made = scene(4)
    found = largest_safe(preset_path("truck", made, 5), made, size)
    if size == (80, 60):
        assert found.amount == 0 and "plate ends at its top edge" in found.reason
    else:
        assert found.amount == pytest.approx(LARGEST)
        assert float(frame_coverage(made, preset_path("truck", made, 5)(0.25), size).min()) == 1


def test_a_roll_is_limited_by_the_corners_of_the_frame():
    made = scene(2)

    def path(amount):
        return camera_keyframes(made, [{"time": 0, "roll": math.degrees(amount)}], 1)

    found = check_limit(made, path)
    # The corner of the turned frame reaches the top of the plate: W/2 sin + H/2 cos = H/2 + 2.
    angle = math.asin((HEIGHT / 2 + 2) / math.hypot(WIDTH / 2, HEIGHT / 2)) - math.atan2(
        HEIGHT, WIDTH
    )
    assert found.amount == pytest.approx(angle, abs=1e-6)


@pytest.mark.parametrize("turn", ["yaw", "pitch"])
def test_a_turn_is_limited_by_where_its_edge_looks(turn):
    made = scene(4)

    def path(amount):
        return camera_keyframes(made, [{"time": 0, turn: math.degrees(amount)}], 1)

    found = check_limit(made, path)
    if turn == "yaw":  # the ray through the middle of the frame's edge
        angle = math.atan((WIDTH / 2 + 4) / WIDTH) - math.atan(0.5)
        assert found.amount < angle + 1e-6
        assert found.amount == pytest.approx(angle, rel=0.4)  # its corners look further up


def test_a_dolly_zoom_towards_the_subject_shrinks_the_background_up_to_its_margin():
    made = scene(2, 0.4)

    def path(amount):
        """Forward while the lens keeps the layer of disparity 0.8 as large as it is."""
        here = Camera.still(1.0)
        return replace(
            here,
            positions=torch.tensor([[0.0, 0.0, amount]]),
            focals=torch.tensor([1 - 0.8 * amount]),
        )

    found = check_limit(made, path)
    kept = max(HEIGHT / (HEIGHT + 4), WIDTH / (WIDTH + 4))
    # (1 - 0.8 c) / (1 - 0.4 c) = kept
    assert found.amount == pytest.approx((1 - kept) / (0.8 - 0.4 * kept), abs=1e-6)


def test_what_needs_no_margin_is_not_limited():
    made = scene(0)
    for name in ("push-in", "pull-out", "dolly-zoom", "auto-zoom"):
        assert safe_amount(name, made, frames=6) == LARGEST
        assert covered(made, camera_preset(name, made, 6, amount=LARGEST)) == 1
    assert safe_amount("truck", made) == 0


def test_a_lens_zoom_gives_room():
    made = scene(0)
    found = check_limit(made, preset_path("pan", made, 5, zoom=1.1))
    assert found.amount == pytest.approx(2 * WIDTH / 2 * 0.1 / WIDTH, abs=1e-7)


@pytest.mark.parametrize(
    ("box", "side", "free"),
    [
        ((0, 10, 18, 34), "left", ("pedestal", "push-in")),
        ((20, 0, 40, 34), "top", ("truck", "push-in")),
        ((42, 10, 60, 34), "right", ("pedestal", "push-in")),
        ((20, 10, 40, 40), "bottom", ("truck", "push-in", "dolly-zoom")),
    ],
)
def test_a_cut_edge_of_a_character_does_not_come_into_the_frame(box, side, free):
    made = scene(8, near=box)
    assert [str(edge) for edge in cut_edges(made)] == [f"the {side} edge of character 1"]
    for name in ("truck", "pedestal", "orbit", "pan", "tilt"):
        found = largest_safe(preset_path(name, made, 8), made)
        along = ("truck", "pan") if side in ("top", "bottom") else ("pedestal", "tilt")
        if name in along:
            assert found.amount > 0.1
        else:
            assert found.amount == 0
            assert found.reason == f"the {side} edge of character 1 would be seen"
    for name in free:
        assert safe_amount(name, made, frames=8) > 0.1


def test_a_cut_edge_may_come_up_to_the_border_of_the_frame():
    """A character that fills the frame from side to side, cut at the bottom: its last row stays."""
    made = scene(20, near=(-20, 20, 80, 40))
    path = preset_path("pedestal", made, 5, zoom=1.1)
    found = largest_safe(path, made)
    # Half the amount up, which takes the layer down by as much, and half down.
    assert found.amount == pytest.approx(2 * (HEIGHT / 2 * 0.1) / WIDTH, abs=1e-6)
    alone = replace(made, plate=replace(made.plate, rgba=made.plate.rgba * 0))
    alone = replace(alone, layers=made.layers[1:], size=SIZE)

    def last_row(amount):
        """The lowest that the frames' bottom edge looks at the layer."""
        across, along = (part.numpy() for part in views(alone, path(amount)))
        seen = [
            looks_at(alone, alone.layers[0], a, b, np.array([30.0]), np.array([40.0]))[1]
            for a, b in zip(across, along, strict=True)
        ]
        return float(np.max(seen))

    assert last_row(found.amount) <= 40 + 1e-5 < last_row(found.amount + 1e-4)


def test_which_edges_are_cut():
    def edges(each, size=SIZE):
        plate = layer((-9, -9, 69, 49), 0.2, "plate")
        return [
            (edge.side, edge.points.tolist())
            for edge in cut_edges(LayeredScene(plate, (each,), size))
        ]

    assert edges(layer((5, 5, 50, 39), 0.5, "whole")) == []
    assert edges(layer((0, 5, 9, 20), 0.5, "left")) == [("left", [[0, 5], [0, 20]])]
    # What goes on beyond the picture ends where its pixels do.
    assert edges(layer((20, 30, 30, 44), 0.5, "longer")) == [("bottom", [[20, 44], [30, 44]])]
    rgba = torch.ones(20, 20, 4)
    rgba[10:] = 0  # transparent beyond the border
    rgba[:, :3] = 0
    made = Layer("padded", rgba, (20, 30), (0.5, 0.0, 0.0))
    assert edges(made) == [("bottom", [[23, 40], [40, 40]])]
    corner = layer((50, 30, 60, 40), 0.5, "corner", relief=torch.zeros(10, 10))
    sides = edges(corner)
    assert [side for side, _ in sides] == ["right", "bottom"]
    assert len(sides[0][1]) == 11 and sides[0][1][0] == [60, 30] and sides[0][1][-1] == [60, 40]


def test_holes_of_the_plate_limit_a_move_before_they_are_seen():
    rgba = torch.ones(HEIGHT + 40, WIDTH + 40, 4)
    rgba[20 + 15 : 20 + 30, 20 + 23 : 20 + 37] = 0  # behind character 1, 3 pixels within its edges
    made = scene(20)
    made = replace(made, plate=replace(made.plate, rgba=rgba))
    found = largest_safe(preset_path("truck", made, 7), made)
    assert found.reason == "the plate is not filled there"
    # At each end they part by half the amount's half; samples read up to a pixel more of both.
    parted = found.amount / 2 * 0.5 * WIDTH
    assert 1 <= parted <= 3
    assert covered(made, camera_preset("truck", made, 7, amount=found.amount)) == 1
    assert covered(made, camera_preset("truck", made, 7, amount=found.amount + 0.003)) < 1


def test_a_plate_with_relief_is_limited_by_its_bent_edge():
    rows = torch.linspace(0, 9, HEIGHT + 4)[:, None]
    made = scene(2)
    relief = (0.1 * torch.sin(rows)).expand(-1, WIDTH + 4).contiguous()
    bent = replace(made, plate=replace(made.plate, relief=relief))
    path = preset_path("truck", bent, 5)
    found = largest_safe(path, bent)
    assert "edge of plate would be seen" in found.reason
    # The farthest from the camera of what the rows have is seen to move the least: 0.3, not 0.5.
    flat = 2 / WIDTH * 2 * 0.8
    assert flat / 0.5 * 0.98 < found.amount < flat / 0.5 * 1.05
    assert covered(bent, path(found.amount - 1e-4)) == 1
    assert covered(bent, path(found.amount + 1e-3)) < 1


def test_a_camera_does_not_fly_through_a_layer():
    fly = layer((2, 2, 6, 6), 0.8, "fly", relief=torch.linspace(-3, 3, 16).reshape(4, 4))
    made = scene(5)
    made = replace(made, layers=(*made.layers, fly))
    found = largest_safe(preset_path("push-in", made, 5), made)
    assert found.reason == "the camera would pass fly" and 0 < found.amount < LARGEST


def test_the_preset_takes_the_safe_amount_and_says_when_there_is_none(caplog):
    made = scene(2)
    camera = camera_preset("truck", made, 5, amount=AUTO_SAFE)
    same = camera_preset("truck", made, 5, amount=safe_amount("truck", made, frames=5))
    assert torch.equal(camera.positions, same.positions)
    assert not caplog.records
    cut = scene(2, near=(0, 10, 20, 34))
    still = camera_preset("truck", cut, 5, amount=AUTO_SAFE)
    assert still.positions.abs().max() == 0
    (record,) = caplog.records
    assert "left edge of character 1 would be seen" in record.getMessage()
    assert "zoom of 1.05" in record.getMessage()
