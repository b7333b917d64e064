"""Colours and handling of recomposed pictures."""

import cv2
import numpy as np
import pytest
import torch

from tests.unit.recomposing import small_pool, small_stream
from training.recompose import handling, recolor
from training.recompose.bank import SpriteBank, with_slots
from training.recompose.catalogue import Catalogue
from training.recompose.jpeg import through_jpeg
from training.recompose.looks import Look, draw_look
from training.toon.labels import LINES


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    return small_pool(tmp_path_factory.mktemp("toons"))


@pytest.fixture(scope="module")
def stream(pool):
    return small_stream(pool)


def test_a_new_palette_keeps_ink_alpha_and_slots(pool):
    catalogue = Catalogue(None, pool, 128)
    rng = np.random.default_rng(2)
    changed = 0
    for number in catalogue.drawn:
        entry = catalogue.entries[number]
        drawing = pool.member(entry.source).drawing
        look = next(filter(None, (draw_look(rng, entry).palette for _ in range(30))), None)
        if look is None:
            continue  # a drawing without colour keeps having none
        bank = SpriteBank(catalogue, None, pool, threads=1)
        textures, slots = bank.textures(int(catalogue.tops[number]), np.array([number]))
        old, new = (torch.from_numpy(values)[None] for values in look)
        before = textures.clone()
        painted = recolor.repaint(textures, slots, old, new)
        assert torch.equal(textures, before) and torch.equal(painted[:, 3], before[:, 3])
        assert (painted[:, :3] <= painted[:, 3:] + 1e-6).all() and painted.min() >= 0
        ink = (before[:, :3].amax(1) < 0.02) & (before[:, 3] == 1)
        assert (painted[:, :3].amax(1)[ink] < 0.05).all()
        flat = old[0][slots[0].long()].permute(2, 0, 1)
        exactly = ((before[0, :3] - flat).abs().amax(0) < 1e-3) & (flat.amax(0) > 0.1)
        wanted = (old + new)[0][slots[0].long()].permute(2, 0, 1)
        difference = (painted[0, :3] - wanted).abs().amax(0)[exactly]
        assert difference.numel() == 0 or difference.max() < 0.02
        changed += int(difference.numel() > 0)
        assert set(drawing.table.douga[drawing.ids[drawing.ids > 0]]) & set(LINES) or changed
    assert changed >= 2


def test_slots_reach_into_soft_edges_and_shades_stay_shades():
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[4:12, 4:12] = (200, 100, 0, 255)
    rgba[3, 4:12] = (100, 50, 0, 128)  # a soft edge that the raster of numbers leaves out
    slots = np.zeros((16, 16), np.uint8)
    slots[4:12, 4:12] = 1
    square = with_slots(rgba, slots)
    assert (square[4, 3, 4:12] == 1).all() and not square[4, 0].any()
    textures = torch.from_numpy(square[None, :4]).float() / 255
    textures[0, :3, 8:10] *= 0.5  # in shadow
    old = torch.zeros(1, 2, 3)
    old[0, 1] = torch.tensor([200, 100, 0]) / 255
    change = torch.tensor([0.0, 0.2, 0.8])[None, None] * torch.tensor([0.0, 1.0])[None, :, None]
    painted = recolor.repaint(textures, torch.from_numpy(square[None, 4]), old, change)
    new = old[0, 1] + change[0, 1]
    torch.testing.assert_close(painted[0, :3, 6, 6], new, atol=1e-5, rtol=0)
    torch.testing.assert_close(painted[0, :3, 9, 6], new / 2, atol=1e-5, rtol=0)
    torch.testing.assert_close(painted[0, :3, 3, 6], new * 128 / 255, atol=5e-3, rtol=0)
    assert not painted[0, :, 0].any()


def test_tones_and_light_keep_alpha_and_what_is_not_there():
    textures = torch.rand(3, 4, 24, 24, generator=torch.Generator().manual_seed(1))
    textures[:, :3] *= textures[:, 3:]
    textures[:, :, :4] = 0
    same = torch.eye(3).expand(3, 3, 3), torch.zeros(3, 3), torch.zeros(3, 3)
    torch.testing.assert_close(recolor.retone(textures.clone(), *same), textures)
    faded = torch.eye(3).expand(3, 3, 3) * 0, torch.full((3, 3), 0.5), torch.zeros(3, 3)
    grey = recolor.retone(textures.clone(), *faded)
    torch.testing.assert_close(grey[:, :3], 0.5 * textures[:, 3:].expand(-1, 3, -1, -1))
    lit = recolor.light(textures.clone(), torch.tensor([[1.0, 0.0, 0.5, -1.0]] * 3))
    for got in (grey, lit):
        assert torch.equal(got[:, 3], textures[:, 3]) and not got[:, :, :4].any()
    inside = textures[:, 3, 4:] > 0.2
    ratio = (lit[:, 0, 4:] / textures[:, 0, 4:].clamp(min=1e-3))[..., -1][inside[..., -1]]
    assert (ratio < 0.75).float().mean() > 0.8  # dark on the side that is turned away


# Handling


def test_pictures_are_handled_or_not_and_stay_pictures():
    rng = np.random.default_rng(0)
    assert handling.draw_handling(rng, 0.0) == {}
    plans = [handling.draw_handling(rng) for _ in range(400)]
    happened = {name for plan in plans for name in plan}
    assert happened == set(handling.STEPS)
    pictures = torch.rand(400, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    seeds = list(range(400))
    got = handling.handle(pictures.clone(), plans, seeds)
    assert got.isfinite().all() and got.min() >= 0 and got.max() <= 1
    untouched = [i for i, plan in enumerate(plans) if not plan]
    assert untouched and torch.equal(got[untouched], pictures[untouched])
    assert torch.equal(got, handling.handle(pictures.clone(), plans, seeds))


@pytest.mark.parametrize("quality", [30, 75, 95])
def test_jpeg_changes_pictures_as_its_files_do(quality):
    rng = np.random.default_rng(4)
    picture = cv2.GaussianBlur(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8), (0, 0), 2.5)
    cv2.circle(picture, (30, 30), 15, (250, 40, 90), -1)
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    expected = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].astype(float)
    values = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    got = through_jpeg(values, torch.tensor([float(quality)]), halved=True)
    got = got[0].permute(1, 2, 0).numpy() * 255
    lost = np.abs(expected - picture).mean()
    assert np.abs(got - expected).mean() < 0.35 * lost + 0.7
    finer = through_jpeg(values, torch.tensor([100.0]))
    assert (finer - values).abs().max() < 4 / 255


def test_blur_grain_and_sizes_do_what_they_are_for():
    picture = torch.zeros(1, 3, 32, 32)
    picture[..., 16:] = 1
    soft = handling.blur(picture, np.array([[1.0]], np.float32), [0])
    expected = cv2.GaussianBlur(picture[0, 0].numpy(), (9, 9), 1.0, borderType=cv2.BORDER_REPLICATE)
    np.testing.assert_allclose(soft[0, 0], expected, atol=1e-5)
    grainy = handling.grain(picture, np.array([[0.1, 0, 1]], np.float32), [5])
    assert 0.08 < (grainy - picture).std() < 0.12
    assert torch.equal(grainy, handling.grain(picture, np.array([[0.1, 0, 1]], np.float32), [5]))
    for way in range(3):
        settings = np.array([[0.5, way]], np.float32)
        through = handling.rescale(picture, settings, [0])
        assert through.shape == picture.shape and (through - picture).abs().mean() < 0.05


def test_looks_without_strength_change_nothing(stream):
    rng = np.random.default_rng(0)
    looks = [vars(draw_look(rng, entry, 0.0)) for entry in stream[0].catalogue.entries]
    assert all(look == vars(Look()) for look in looks)
