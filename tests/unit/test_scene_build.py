"""Pictures taken apart: sizes, plates, depth, what is left out, and bad input."""

import logging
import pkgutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

import cartoon_models.scene as family
from cartoon_models.instances import Instances
from cartoon_models.scene import Camera, Plate, build_scene, guess_depth, render_frames
from tests.unit.drawn_scene import figure, flattened, found_in, over, psnr, sky

OWN, ALPHA = figure()
PICTURE = over(OWN, ALPHA, sky())
FOUND = found_in(ALPHA)


def quick(picture=PICTURE, found=FOUND, *more, fill="none", **options):
    return build_scene(picture, found, *more, fill=fill, **options)


def test_every_name_of_the_family_is_there_and_importing_is_light():
    for name in family.__all__:
        assert getattr(family, name) is not None
    assert "build_scene" in dir(family)
    modules = {module.name for module in pkgutil.iter_modules(family.__path__)}
    assert not modules & set(family.__all__)  # importing the module would hide the name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = family.nothing
    code = (
        "import sys; from cartoon_models.scene import build_scene, camera_preset, render_frames;"
        "print([name for name in ('av', 'diffusers', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_camera_that_took_the_picture_gets_it_back():
    back, alpha = figure(middle=(48, 24), radius=10, arm=False)
    picture = over(OWN, ALPHA, over(back, alpha, sky()))
    scene = build_scene(picture, found_in(ALPHA, alpha * (1 - ALPHA)))
    assert scene.size == (60, 72) and scene.margin == (7, 7, 7, 7)
    assert scene.plate.rgba[..., 3].min() == 1
    for options in ({}, {"interpolation": "bilinear"}):
        (frame,) = render_frames(scene, Camera.still(scene.focal), **options)
        assert psnr(frame, picture) >= 60
    again = build_scene(picture, found_in(ALPHA, alpha * (1 - ALPHA)))
    for one, other in zip(scene.painted, again.painted, strict=True):
        assert torch.equal(one.rgba, other.rgba) and one.plane == other.plane


def test_layers_are_named_placed_and_cut_to_what_is_seen():
    named = Instances.from_masks(ALPHA, labels=["cat"])
    scene = quick(found=named)
    (layer,) = scene.layers
    assert (layer.name, layer.instance) == ("cat 0", 0)
    x1, _, _, y2 = layer.box
    rows, columns = np.nonzero(ALPHA > 0.02)
    assert abs(x1 - columns.min()) <= 3 and abs(y2 - 1 - rows.max()) <= 3
    assert bool((layer.rgba[..., :3] <= layer.rgba[..., 3:] + 1e-6).all())
    assert layer.rgba.min() >= 0 and layer.relief is None


@pytest.mark.parametrize("mode", ["foot", "mean", "median", "plane", "relief"])
def test_depth_says_where_layers_stand(mode):
    depth = np.full((30, 36), 51, np.uint8)  # half the size: depth pictures come in any
    depth[8:25, 6:34] = 204
    scene = quick(PICTURE, FOUND, depth, mode=mode)
    layer = scene.layer_of(0)
    assert layer.plane[0] > scene.plate.plane[0] + 0.4
    assert (layer.relief is not None) == (mode == "relief")
    assert quick(PICTURE, FOUND, guess_depth((60, 72), FOUND)).layer_of(0).plane == (
        quick().layer_of(0).plane
    )


def test_what_the_edge_of_the_picture_cuts_off_goes_on():
    own, alpha = figure(middle=(30, 56), arm=False)
    picture = over(own, alpha, sky())
    layer = quick(picture, found_in(alpha), margin=0.1).layers[0]
    assert layer.box[3] == 60 + 7
    y = layer.offset[1]
    assert torch.equal(layer.rgba[60 - y :], layer.rgba[59 - y].expand(7, -1, -1))
    assert quick(picture, found_in(alpha), margin=0).layers[0].box[3] == 60


def test_a_plate_of_the_users_is_taken_where_the_picture_shows_none():
    red = np.zeros((60, 72, 3), np.float32)
    red[..., 0] = 1
    hidden = np.s_[29:36, 27:34]
    small = quick(plate=red)
    assert small.margin == (7, 7, 7, 7)
    part = small.plate.rgba.numpy()[7:67, 7:79]
    assert np.allclose(part[hidden], (1, 0, 0, 1))
    assert np.array_equal(part[:12, :, :3], PICTURE[:12])
    assert small.plate.rgba[:7, :, 3].max() == 0  # beyond it nobody knows
    assert build_scene(PICTURE, FOUND, plate=red, fill="diffuse").plate.rgba[..., 3].min() == 1
    wide = np.pad(red, ((7, 7), (7, 7), (0, 0)), mode="edge")
    whole = quick(plate=wide)
    assert np.allclose(whole.plate.rgba[0, 0], torch.tensor([1.0, 0, 0, 1]))
    value = Plate(
        torch.from_numpy(wide),
        (-7, -7),
        torch.ones(74, 86, dtype=torch.bool),
        torch.ones(74, 86),
    )
    assert torch.equal(quick(plate=value).plate.rgba, whole.plate.rgba)
    for scene in (small, whole):
        assert psnr(flattened(scene)[..., :3], PICTURE) > 60
    with pytest.raises(ValueError, match=r"72 x 50; .* 72 x 60 like the picture or 86 x 74 with"):
        quick(plate=red[:50])
    with pytest.raises(ValueError, match="does not cover the picture"):
        quick(plate=replace(value, offset=(-20, -20)))


def test_without_filling_the_plate_is_open_where_layers_hide_it():
    plate = quick().plate.rgba.numpy()
    assert plate[7 + 32, 7 + 30, 3] == 0 and plate[0, 0, 3] == 0
    assert plate[7 + 2, 7 + 2, 3] == 1


def test_a_transparent_picture_stays_transparent():
    picture = np.dstack([OWN, ALPHA]).astype(np.float32)
    scene = build_scene(picture, FOUND)
    want = np.dstack([OWN * ALPHA[..., None], ALPHA])
    assert psnr(flattened(scene), want) > 50
    assert scene.plate.rgba[..., 3].max() < 0.5
    half = np.dstack([PICTURE, np.ones_like(ALPHA)])
    half[:, 60:, 3] = 0
    scene = build_scene(half, FOUND, fill="diffuse")
    assert psnr(flattened(scene), half * half[..., 3:]) > 50


def test_no_instance_makes_one_layer_with_a_relief(caplog):
    depth = np.linspace(0, 1, 60, dtype=np.float32)[:, None].repeat(72, 1)
    scene = build_scene(sky(), Instances.empty((60, 72)), depth, fill="diffuse")
    (layer,) = scene.layers
    assert layer.name == "picture" and layer.relief is not None and layer.box == scene.plate.box
    assert "whole picture is one layer" in caplog.text
    assert psnr(flattened(scene)[..., :3], sky()) > 90
    clear = np.dstack([sky(), np.linspace(0, 1, 72)[None].repeat(60, 0)]).astype(np.float32)
    scene = build_scene(clear, Instances.empty((60, 72)), depth, fill="diffuse")
    assert psnr(flattened(scene), np.dstack([sky() * clear[..., 3:], clear[..., 3]])) > 90


def test_empty_and_hidden_masks_are_left_out(caplog):
    scene = quick(found=found_in(np.zeros_like(ALPHA), ALPHA, 0.4 * ALPHA), fill="none")
    assert [layer.instance for layer in scene.layers] == [1]
    assert "2 instances are empty" in caplog.text
    flat = np.full((60, 72), 0.5, np.float32)
    both = quick(sky(), found_in(ALPHA, ALPHA), flat)
    assert len(both.layers) == 1 and "nothing is visible" in caplog.text


def test_a_mask_of_everything_leaves_no_plate_and_says_so(caplog):
    with caplog.at_level(logging.WARNING, logger="celkit"):
        scene = build_scene(PICTURE, found_in(np.ones_like(ALPHA)))
    assert "no background" in caplog.text
    assert scene.layers[0].box == scene.plate.box
    assert psnr(flattened(scene)[..., :3], PICTURE) > 90


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 4)])
def test_pictures_of_a_few_pixels(size):
    picture = np.linspace(0, 1, size[0] * size[1] * 3, dtype=np.float32).reshape(*size, 3)
    for mask in (np.ones(size), np.eye(*size), np.zeros(size)):
        scene = build_scene(picture, found_in(mask))
        assert psnr(flattened(scene)[..., :3], picture) > 60


def test_grey_pictures_and_bytes_are_pictures_too():
    grey = (PICTURE[..., 0] * 255).astype(np.uint8)
    assert psnr(flattened(quick(grey))[..., 0], grey / 255.0) > 60


def test_progress_ends_where_it_said_and_stops_the_work():
    told = []
    build_scene(PICTURE, FOUND, progress=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0 and told[-1][0] == told[-1][1] == told[0][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quick(progress=stop)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "head"}, "Anchor 'head' is not known"),
        ({"fill": "magic"}, "Fill method 'magic' is not known"),
        ({"margin": -0.1}, "margin is from 0 to 1"),
        ({"margin": float("nan")}, "margin is from 0 to 1"),
        ({"focal": 0}, "focal length is above 0"),
        ({"found": Instances.empty((50, 72))}, r"72 x 60, but the instances .* 72 x 50"),
        ({"depth": guess_depth((50, 72))}, r"72 x 50, but the instances .* 72 x 60"),
    ],
)
def test_bad_input_is_one_sentence(options, message):
    with pytest.raises(ValueError, match=message):
        build_scene(PICTURE, **{"found": FOUND, "fill": "none", **options})
