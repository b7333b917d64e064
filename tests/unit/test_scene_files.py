"""Scenes on disk and scenes of finished layers."""

import json

import numpy as np
import pytest
import torch

from cartoon_models.picture import read_picture, write_picture
from cartoon_models.scene import Layer, LayeredScene, load_scene, save_scene, scene_from_layers


def layer(name, height, width, offset=(0, 0), plane=(0.5, 0.1, -0.2), seed=1, **more):
    generator = torch.Generator().manual_seed(seed)
    rgba = torch.rand(height, width, 4, generator=generator)
    rgba[0, 0, 3], rgba[0, 1, 3] = 0, 1
    rgba[..., :3] *= rgba[..., 3:]
    return Layer(name, rgba, offset, plane, **more)


def scene(layers=2):
    bumps = torch.linspace(-0.2, 0.3, 14 * 18).view(14, 18)
    plate = layer("plate", 14, 18, (-2, -1), (0.1, 0.0, 0.3), relief=bumps)
    shown = [
        layer("猫 0", 5, 7, (3, 4), instance=0, seed=2, relief=torch.full((5, 7), 0.25)),
        layer('a "rail"', 4, 18, (-2, 9), seed=3),
        layer("character 1", 2, 2, (1, 1), instance=1, seed=4),
    ]
    return LayeredScene(plate, tuple(shown[:layers]), (12, 15), 1.25)


def test_round_trip_to_sixteen_bits(tmp_path):
    made = scene(3)
    path = save_scene(tmp_path / "new folder", made)
    assert path == tmp_path / "new folder" / "scene.json"
    back = load_scene(path.parent)
    assert (back.size, back.focal) == (made.size, made.focal)
    for one, other in zip(back.painted, made.painted, strict=True):
        assert (one.name, one.offset, one.plane) == (other.name, other.offset, other.plane)
        assert one.instance == other.instance
        torch.testing.assert_close(one.rgba, other.rgba, rtol=0, atol=1.1 / 65535)
        assert (one.relief is None) == (other.relief is None)
        if one.relief is not None:
            torch.testing.assert_close(one.relief, other.relief, rtol=0, atol=0.5 / 65535)
    # What has been through a file once does not change any more: same bytes.
    again = save_scene(tmp_path / "again", back)
    for file in sorted(path.parent.iterdir()):
        if not file.name.endswith("json"):  # the ends of a relief are told in full
            assert (again.parent / file.name).read_bytes() == file.read_bytes()


def test_files_of_one_save(tmp_path):
    save_scene(tmp_path, scene())
    names = ["layer_00.png", "layer_00_relief.png", "layer_01.png", "plate.png"]
    names += ["plate_relief.png", "scene.json"]
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    assert read_picture(tmp_path / "layer_01.png").shape == (4, 18, 4)
    save_scene(tmp_path / "shot 2.json", scene(0))
    assert (tmp_path / "shot 2_plate.png").is_file()
    assert len(load_scene(tmp_path / "shot 2.json").layers) == 0
    assert len(load_scene(tmp_path).layers) == 2


def test_nothing_is_overwritten_unless_asked(tmp_path):
    (tmp_path / "layer_01.png").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match=r"layer_01\.png"):
        save_scene(tmp_path, scene())
    assert [file.name for file in tmp_path.iterdir()] == ["layer_01.png"]
    save_scene(tmp_path, scene(3), overwrite=True)
    with pytest.raises(FileExistsError, match=r"scene\.json"):
        save_scene(tmp_path, scene())
    (tmp_path / "layer_09.png").write_bytes(b"mine")
    save_scene(tmp_path, scene(0), overwrite=True)  # and what the earlier save named goes
    left = ["layer_09.png", "plate.png", "plate_relief.png", "scene.json"]
    assert sorted(file.name for file in tmp_path.iterdir()) == left


def test_a_save_that_fails_leaves_all_as_it_was(tmp_path, monkeypatch):
    save_scene(tmp_path, scene())
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def no_space(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cartoon_models.scene.files.json.dumps", no_space)
    with pytest.raises(OSError, match="No space left"):
        save_scene(tmp_path, scene(3), overwrite=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_first_save_that_fails_leaves_no_folder(tmp_path, monkeypatch):
    def no_space(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cartoon_models.scene.files.write_picture", no_space)
    with pytest.raises(OSError, match="No space left"):
        save_scene(tmp_path / "mine" / "new" / "scene", scene())
    assert not list(tmp_path.iterdir())


def test_a_layer_that_was_painted_on_is_read(tmp_path):
    save_scene(tmp_path, scene())
    write_picture(tmp_path / "layer_00.png", np.full((5, 7, 3), 0.5, np.float32), overwrite=True)
    painted = load_scene(tmp_path).layers[0].rgba
    assert painted[..., 3].min() == 1 and abs(float(painted[0, 0, 0]) - 0.5) < 1 / 255


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no saved scene at .*scene\.json"):
        load_scene(tmp_path)
    save_scene(tmp_path, scene())
    (tmp_path / "layer_00.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"layer_00\.png"):
        load_scene(tmp_path)


def change(path, **changes):
    record = json.loads(path.read_text(encoding="utf-8"))
    record.update(changes)
    path.write_text(json.dumps(record), encoding="utf-8")


def change_plate(path, **changes):
    record = json.loads(path.read_text(encoding="utf-8"))
    plate = {**record["layers"][0], **changes}
    record["layers"][0] = {key: value for key, value in plate.items() if value != "gone"}
    path.write_text(json.dumps(record), encoding="utf-8")


def cut_short(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut_short, "cut short"),
        (lambda path: path.write_text("[" * 100000), "cut short"),
        (lambda path: path.write_text("[]"), "does not hold a saved scene"),
        (lambda path: change(path, version=2), "update CelKit"),
        (lambda path: change(path, layers=[]), "not even the plate"),
        (lambda path: change(path, layers=[3]), "is damaged"),
        (lambda path: change(path, size=[12]), "is damaged"),
        (lambda path: change(path, size=[120, 15]), "not all of the picture"),
        (lambda path: change(path, focal="near"), "is damaged"),
        (lambda path: change(path, focal=-1), "focal length"),
        (lambda path: change_plate(path, plane="gone"), "'plane' is missing"),
        (lambda path: change_plate(path, plane=[1, 2, float("nan")]), "no numbers"),
        (lambda path: change_plate(path, offset=[1, 2, 3]), "no numbers"),
        (lambda path: change_plate(path, instance="first"), "another kind"),
        (lambda path: change_plate(path, picture="../plate.png"), "file beside it"),
        (lambda path: change_plate(path, picture=None), "file beside it"),
        (
            lambda path: change_plate(path, relief="layer_01.png"),
            "18 x 4, but its layer is 18 x 14",
        ),
        (lambda path: cut_short(path.with_name("plate.png")), r"plate\.png is .*damaged"),
        (lambda path: cut_short(path.with_name("plate_relief.png")), r"relief\.png is .*damaged"),
    ],
)
def test_a_damaged_file_is_named_in_one_sentence(tmp_path, damage, message):
    path = save_scene(tmp_path, scene())
    damage(path)
    with pytest.raises(ValueError, match=message) as caught:
        load_scene(path)
    assert "\n" not in str(caught.value)


def rgba(value, box=None, size=(10, 12)):
    picture = torch.zeros(*size, 4)
    x1, y1, x2, y2 = box or (0, 0, size[1], size[0])
    picture[y1:y2, x1:x2, :3] = value
    picture[y1:y2, x1:x2, 3] = 0.5 if box else 1
    return picture


def test_layers_of_another_program_become_a_scene():
    made = scene_from_layers([rgba(0.2), rgba(0.6, (2, 3, 6, 8)), rgba(1.0, (5, 1, 12, 4))])
    assert made.size == (10, 12) and made.margin == (0, 0, 0, 0)
    assert [item.name for item in made.painted] == ["plate", "layer 1", "layer 2"]
    first = made.layers[0]
    assert first.box == (2, 3, 6, 8) and torch.allclose(first.rgba, torch.tensor([0.3] * 3 + [0.5]))
    assert [item.plane[0] for item in made.painted] == pytest.approx([0.2, 0.6, 1.0])
    batch = torch.stack([rgba(0.2), rgba(0.6, (2, 3, 6, 8)), rgba(1.0, (5, 1, 12, 4))])
    assert torch.equal(scene_from_layers(batch).layers[1].rgba, made.layers[1].rgba)
    alone = scene_from_layers([np.zeros((4, 5, 3), np.uint8)])
    assert alone.layers == () and alone.plate.rgba[..., 3].min() == 1


def test_disparities_names_and_places_of_layers():
    made = scene_from_layers(
        [rgba(0.2, size=(14, 16)), rgba(0.6, (2, 3, 6, 8)), rgba(1.0), rgba(0.4, (0, 0, 2, 2))],
        [0.3, 0.9, 0.1, 0.9],
        ["sky", "hero", "hill", "cat"],
        (10, 12),
        offsets=[(-2, -3), (4, -5), (0, 0), (0, 0)],
    )
    assert [item.name for item in made.painted] == ["plate", "hill", "hero", "cat"]
    assert made.margin == (2, 3, 2, 1)
    assert made.layers[1].offset == (6, -2)


def test_what_is_empty_or_small_is_said(caplog):
    made = scene_from_layers([rgba(0.2, size=(6, 7)), torch.zeros(10, 12, 4)], size=(10, 12))
    assert made.layers == () and "Nothing of layer 1" in caplog.text
    assert "does not cover the picture of 12 x 10" in caplog.text
    assert made.plate.rgba[8, 8, 3] == 0 and made.plate.box == (0, 0, 12, 10)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([],), "at least one layer"),
        (([rgba(0)], [0.1, 0.2]), "1 layers have 1 disparities, not 2"),
        (([rgba(0)], [1.5]), "from 0"),
        (([rgba(0)], [float("nan")]), "from 0"),
        (([rgba(0), rgba(1)], None, ["one"]), "2 layers have 2 names, not 1"),
        (([torch.zeros(3)],), "has the shape"),
    ],
)
def test_layers_that_make_no_scene_are_one_sentence(given, message):
    with pytest.raises(ValueError, match=message):
        scene_from_layers(*given)
    with pytest.raises(ValueError, match="2 layers have 2 offsets, not 1"):
        scene_from_layers([rgba(0), rgba(1)], offsets=[(0, 0)])
