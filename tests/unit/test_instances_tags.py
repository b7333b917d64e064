"""Tags: typed in, from any tagger, and from WD taggers on tiny models made here."""

import builtins
import json
import struct

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from cartoon_models.errors import CelKitError, WeightsError
from cartoon_models.instances import Instances, TagResult, load_tagger, set_tags, tag_instances

TAGS = [
    ("general", 9),
    ("sensitive", 9),
    ("1girl", 0),
    ("red_hair", 0),
    ("simple_background", 0),
    ("white_background", 0),
    ("hatsune_miku", 4),
    ('say_"hi",_ok', 0),
]


def two_instances():
    masks = torch.zeros(2, 8, 12)
    masks[0, 1:7, 1:4] = 1
    masks[1, 2:5, 6:11] = 1
    masks[1, 2, 6] = 0.5
    return Instances.from_masks(masks, characters=[["kept"], []])


class Recorder:
    """A tagger that keeps what it is shown."""

    def __init__(self):
        self.batches = []

    def tag(self, pictures, general_threshold=None, character_threshold=None):
        self.batches.append(list(pictures))
        self.thresholds = (general_threshold, character_threshold)
        shapes = [f"{picture.shape[1]}x{picture.shape[0]}" for picture in pictures]
        return [
            TagResult({shape: 0.9, "white_background": 0.8, "hat": 0.5}, {"miku": 0.99})
            for shape in shapes
        ]


@pytest.mark.parametrize(
    ("given", "want"),
    [
        (["red hair, hat", "smile"], (("red hair", "hat"), ("smile",))),
        ("hat,\nhat , smile,", (("hat", "smile"),) * 2),
        (["hat"], (("hat",),) * 2),
        ([["a", "b"], []], (("a", "b"), ())),
        (["", "x"], ((), ("x",))),
    ],
)
def test_set_tags(given, want):
    tagged = set_tags(two_instances(), given)
    assert tagged.tags == want
    assert tagged.characters == (("kept",), ())


def test_set_tags_of_characters_and_of_nothing():
    assert set_tags(two_instances(), "", characters=["a", "b"]).characters == (("a",), ("b",))
    assert set_tags(Instances.empty((4, 4)), "hat").tags == ()
    assert set_tags(Instances.empty((4, 4)), []).tags == ()
    with pytest.raises(ValueError, match="3 instances came, but the picture has 2 instances"):
        set_tags(two_instances(), ["a", "b", "c"])


def test_each_instance_is_shown_alone_on_white():
    picture = torch.full((8, 12, 3), 0.2)
    tagger = Recorder()
    done = []
    tagged = tag_instances(
        picture, two_instances(), tagger, 0.4, 0.6, progress=lambda *now: done.append(now)
    )
    ((first, second),) = tagger.batches
    assert first.shape == (6, 3, 3) and second.shape == (3, 5, 3)
    assert first.unique().tolist() == pytest.approx([0.2])
    assert second[0, 0].tolist() == pytest.approx([0.6] * 3)
    assert tagged.tags == (("3x6", "hat"), ("5x3", "hat"))
    assert tagged.characters == (("miku",), ("miku",))
    assert tagger.thresholds == (0.4, 0.6) and done == [(2, 2)]


def test_tagging_in_batches_and_of_nothing():
    masks = torch.ones(5, 4, 6)
    masks[2] = 0
    tagger = Recorder()
    tagged = tag_instances(np.zeros((4, 6)), Instances.from_masks(masks), tagger, batch_size=3)
    assert [len(batch) for batch in tagger.batches] == [3, 1]
    assert tagged.tags[2] == () and tagged.characters[2] == ()
    assert all(tagged.tags[index] for index in (0, 1, 3, 4))
    assert len(tag_instances(np.zeros((4, 6)), Instances.empty((4, 6)), tagger)) == 0
    with pytest.raises(ValueError, match="is 5 x 4, but the instances are of a picture of 6 x 4"):
        tag_instances(np.zeros((4, 5)), Instances.empty((4, 6)), tagger)
    with pytest.raises(ValueError, match="from 0 to 1, not 35"):
        tag_instances(np.zeros((4, 6)), Instances.empty((4, 6)), tagger, general_threshold=35)


def write_tags(folder, tags=TAGS):
    lines = ["tag_id,name,category,count"]
    for index, (name, category) in enumerate(tags):
        quoted = name.replace('"', '""')
        lines.append(f'{index},"{quoted}",{category},1000')
    (folder / "selected_tags.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def timm_folder(tmp_path):
    """A tiny timm model with random weights in a folder like those of the WD taggers v3."""
    timm = pytest.importorskip("timm", reason="timm is not installed (extra tags)")
    torch.manual_seed(0)
    model = timm.create_model("test_resnet", num_classes=len(TAGS)).eval()
    save_file(model.state_dict(), tmp_path / "model.safetensors")
    config = {
        "architecture": "test_resnet",
        "num_classes": len(TAGS),
        "model_args": {},
        "pretrained_cfg": {
            "input_size": [3, 64, 64],
            "mean": [0.5, 0.4, 0.3],
            "std": [0.5, 0.6, 0.7],
        },
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    write_tags(tmp_path)
    return tmp_path, model


def test_timm_model(timm_folder):
    folder, model = timm_folder
    tagger = load_tagger(folder)
    assert tagger.size == 64 and isinstance(tagger.module, torch.nn.Module)
    generator = torch.Generator().manual_seed(2)
    pictures = [torch.rand(40, 64, 3, generator=generator), torch.rand(64, 64, 3)]
    results = tagger.tag(pictures, general_threshold=0.0, character_threshold=0.0)

    square = torch.ones(64, 64, 3)
    square[12:52] = pictures[0]
    blue_first = square.flip(2).permute(2, 0, 1)[None]
    mean = torch.tensor([0.3, 0.4, 0.5]).view(3, 1, 1)
    std = torch.tensor([0.7, 0.6, 0.5]).view(3, 1, 1)
    with torch.no_grad():
        want = model((blue_first - mean) / std).sigmoid()[0].tolist()
    found = {**results[0].general, **results[0].characters, **results[0].rating}
    assert found == pytest.approx(dict(zip([name for name, _ in TAGS], want, strict=True)))
    assert set(results[0].rating) == {"general", "sensitive"}
    assert set(results[0].characters) == {"hatsune_miku"}
    assert 'say_"hi",_ok' in results[0].general
    assert list(results[0].general.values()) == sorted(results[0].general.values(), reverse=True)
    # A batch says the same as one at a time.
    alone = tagger.tag(pictures[1:], 0.0, 0.0)[0]
    assert alone.general == pytest.approx(results[1].general, abs=1e-5)
    nothing = tagger.tag(pictures, general_threshold=1.0, character_threshold=1.0)[0]
    assert nothing.general == {} and nothing.characters == {} and len(nothing.rating) == 2
    assert tagger.tag([]) == []


def test_timm_model_tags_instances(timm_folder):
    tagger = load_tagger(timm_folder[0])
    picture = torch.rand(8, 12, 4)
    tagged = tag_instances(picture, two_instances(), tagger, 0.0, 0.0)
    for tags, characters in zip(tagged.tags, tagged.characters, strict=True):
        assert set(tags) == {"1girl", "red_hair", 'say_"hi",_ok'}
        assert characters == ("hatsune_miku",)


@pytest.mark.parametrize(
    ("architecture", "threshold"),
    [("swinv2_base_window8_256", 0.2653), ("eva02_large_patch14_448", 0.5296), ("other", 0.35)],
)
def test_each_model_has_its_own_threshold(timm_folder, monkeypatch, architecture, threshold):
    import timm

    folder, model = timm_folder
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "architecture": architecture}))
    monkeypatch.setattr(timm, "create_model", lambda *args, **options: model)
    tagger = load_tagger(folder)
    assert (tagger.general_threshold, tagger.character_threshold) == (threshold, 0.75)


def write_onnx(file, classes, size=32, batch=None):
    """An ONNX file by hand: sigmoid(mean colour @ weights + bias), channels last like the WD's."""

    def field(number, value):
        if isinstance(value, int):
            return varint(number << 3) + varint(value)
        value = value.encode() if isinstance(value, str) else value
        return varint(number << 3 | 2) + varint(len(value)) + value

    def varint(value):
        groups = b""
        while value > 127:
            groups, value = groups + bytes([value & 127 | 128]), value >> 7
        return groups + bytes([value])

    def node(kind, inputs, output, attribute=b""):
        names = b"".join(field(1, name) for name in inputs)
        return field(1, names + field(2, output) + field(4, kind) + attribute)

    def value(name, shape):
        dims = b"".join(
            field(1, field(1, side) if isinstance(side, int) else field(2, side)) for side in shape
        )
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))

    def tensor(name, array):
        dims = b"".join(field(1, side) for side in array.shape)
        data = struct.pack(f"<{array.size}f", *array.flatten().tolist())
        return field(5, dims + field(2, 1) + field(8, name) + field(9, data))

    rng = np.random.default_rng(7)
    weights = (rng.standard_normal((3, classes)) / 100).astype(np.float32)
    bias = rng.standard_normal(classes).astype(np.float32)
    axes = field(5, field(1, "axes") + field(8, 1) + field(8, 2) + field(20, 7))
    keep = field(5, field(1, "keepdims") + field(3, 0) + field(20, 2))
    graph = (
        node("ReduceMean", ["image"], "mean", axes + keep)
        + node("MatMul", ["mean", "weights"], "product")
        + node("Add", ["product", "bias"], "sum")
        + node("Sigmoid", ["sum"], "tags")
        + field(2, "graph")
        + tensor("weights", weights)
        + tensor("bias", bias)
        + field(11, value("image", [batch or "batch", size, size, 3]))
        + field(12, value("tags", [batch or "batch", classes]))
    )
    model = field(1, 7) + field(7, graph) + field(8, field(1, "") + field(2, 13))
    file.write_bytes(model)
    return weights, bias


@pytest.mark.parametrize("batch", [None, 1])
def test_onnx_model(tmp_path, batch):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra tags)")
    weights, bias = write_onnx(tmp_path / "model.onnx", len(TAGS), batch=batch)
    write_tags(tmp_path)
    tagger = load_tagger(tmp_path, device="cpu")
    assert tagger.size == 32 and tagger.general_threshold == 0.35 and tagger.module is None
    red = torch.tensor([1.0, 0.5, 0.0]).expand(32, 32, 3)
    tall = torch.tensor([1.0, 0.5, 0.0]).expand(64, 32, 3)
    results = tagger.tag([red, tall], 0.0, 0.0)
    for result, mean in zip(results, ([0, 0.5, 1], [0.5, 0.75, 1]), strict=True):
        logits = 255 * np.array(mean) @ weights + bias
        want = dict(zip([name for name, _ in TAGS], 1 / (1 + np.exp(-logits)), strict=True))
        found = {**result.general, **result.characters, **result.rating}
        assert found == pytest.approx(want, abs=1e-4)


def test_onnx_model_that_is_none(tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra tags)")
    write_tags(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(WeightsError, match=r"model\.onnx cannot be loaded"):
        load_tagger(tmp_path)


def without(monkeypatch, *names):
    real = builtins.__import__

    def block(name, *args, **options):
        if name in names:
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", block)


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    write_tags(tmp_path)
    without(monkeypatch, "timm", "onnxruntime")
    (tmp_path / "model.onnx").touch()
    with pytest.raises(CelKitError, match="pip install onnxruntime"):
        load_tagger(tmp_path)
    (tmp_path / "model.safetensors").touch()
    (tmp_path / "config.json").touch()
    with pytest.raises(CelKitError, match="pip install timm"):
        load_tagger(tmp_path)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"selected_tags\.csv .*SmilingWolf"):
        load_tagger(tmp_path)
    write_tags(tmp_path)
    with pytest.raises(
        FileNotFoundError, match=r"model\.safetensors and config\.json, or model\.o"
    ):
        load_tagger(tmp_path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda folder: (folder / "selected_tags.csv").write_text("a,b\n1,2\n"),
            "name and category",
        ),
        (lambda folder: (folder / "selected_tags.csv").write_text("name,category\n"), "no tags"),
        (
            lambda folder: (folder / "selected_tags.csv").write_bytes(b"\xff\xfe"),
            "name and category",
        ),
        (lambda folder: write_tags(folder, TAGS[:5]), r"model\.safetensors cannot be loaded"),
        (lambda folder: (folder / "config.json").write_text("{"), "is damaged"),
        (lambda folder: (folder / "config.json").write_text("[]"), "not the configuration"),
        (lambda folder: (folder / "config.json").write_text("{}"), "cannot be loaded"),
        (
            lambda folder: (folder / "config.json").write_text('{"architecture": "no_such_net"}'),
            "cannot be loaded",
        ),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\x08"), "cannot be loaded"),
    ],
)
def test_damaged_files_are_named_in_one_sentence(timm_folder, damage, message):
    folder, _ = timm_folder
    damage(folder)
    with pytest.raises(WeightsError, match=message) as caught:
        load_tagger(folder)
    assert str(folder) in str(caught.value) and "\n" not in str(caught.value)


def test_a_list_of_tags_of_another_model(timm_folder):
    tagger = load_tagger(timm_folder[0])
    short = type(tagger)(tagger.network, tagger.size, tagger.names[:3], tagger.categories[:3])
    with pytest.raises(WeightsError, match=r"8 numbers, but its selected_tags\.csv lists 3"):
        short.tag([torch.ones(4, 4, 3)])


def test_large_and_small_pictures_are_resized_whole():
    from cartoon_models.instances.wd_tagger import _white_square

    picture = torch.zeros(10, 30, 3)
    picture[..., 0] = 1.0
    small = _white_square(picture, 6)
    assert small.shape == (6, 6, 3) and small.dtype == np.float32
    assert small[2:4].reshape(-1, 3).mean(0) == pytest.approx([0, 0, 255], abs=1)
    assert small[0].min() == 255
    large = _white_square(picture, 90)
    assert 0 <= large.min() and large.max() == 255
    assert np.allclose(large[45, 45], [0, 0, 255], atol=1)
    assert cv2.countNonZero((large[..., 1] < 128).astype(np.uint8)) == 30 * 90
