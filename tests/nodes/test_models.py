"""Loading networks, ComfyUI's memory management, progress and cancel."""

import itertools

import pytest
import torch


@pytest.fixture(scope="module")
def models(part):
    return part("nodes.models")


@pytest.fixture(scope="module")
def segmenter(part, models):
    """Small networks with random weights, managed by ComfyUI."""
    networks = part("cartoon_models.networks")
    instances = part("cartoon_models.instances")
    torch.manual_seed(0)
    detector = networks.RTMDetIns(networks.rtmdet_ins_config("tiny")).eval()
    refiner = networks.ISNet(in_channels=4, width=0.125).eval()
    made = instances.Segmenter(detector, refiner, detector_size=64, refiner_size=64)
    return models.ManagedSegmenter(made)


def test_networks_run_under_comfyuis_memory_management(call, segmenter, picture):
    import comfy.model_management

    instances, masks, background, preview, _ = call(
        "CelKitSegmentCharacters",
        segmenter=segmenter,
        image=picture,
        score_threshold=0.0,
        max_instances=3,
    )
    assert len(instances[0]) <= 3 and tuple(background.shape) == (1, 41, 63)
    assert preview.shape == picture.shape
    loaded = comfy.model_management.loaded_models()
    assert segmenter.networks._patcher in loaded
    comfy.model_management.unload_all_models()
    assert segmenter.networks._patcher not in comfy.model_management.loaded_models()
    again = call(
        "CelKitSegmentCharacters",
        segmenter=segmenter,
        image=picture,
        score_threshold=0.0,
        max_instances=3,
    )
    assert torch.equal(again[1], masks)  # evicted and brought back: the same bytes


def test_boxes_and_masks_run_too(call, segmenter, picture):
    instances, _, _, _, _ = call(
        "CelKitSegmentBoxes", segmenter=segmenter, image=picture, boxes_text="[[3, 5, 30, 30]]"
    )
    assert len(instances[0]) == 1
    instances, _, _ = call(
        "CelKitInstancesFromMasks",
        masks=torch.ones(2, 41, 63),
        segmenter=segmenter,
        image=picture,
    )
    assert len(instances[0]) == 2
    with pytest.raises(ValueError, match="outside"):
        call(
            "CelKitSegmentBoxes",
            segmenter=segmenter,
            image=picture,
            boxes_text="[[100, 100, 130, 130]]",
        )


@pytest.mark.parametrize("shape", [(2, 1, 1, 3), (1, 8, 640, 4), (1, 130, 5, 1)])
def test_pictures_of_any_shape(call, segmenter, shape):
    instances, masks, background, preview, _ = call(
        "CelKitSegmentCharacters",
        segmenter=segmenter,
        image=torch.rand(shape),
        score_threshold=0.0,
        max_instances=2,
    )
    assert len(instances) == shape[0] and masks.shape[1:] == shape[1:3]
    assert tuple(background.shape) == shape[:3] and tuple(preview.shape) == (*shape[:3], 3)


def test_cancel_stops_between_steps(call, segmenter, batch):
    import comfy.model_management

    comfy.model_management.interrupt_current_processing()
    with pytest.raises(comfy.model_management.InterruptProcessingException):
        call("CelKitSegmentCharacters", segmenter=segmenter, image=batch)


def test_progress_of_a_batch_fills_one_bar(models):
    import comfy.utils

    seen = []
    comfy.utils.set_progress_bar_global_hook(
        lambda value, total, preview, node_id=None: seen.append((value, total))
    )
    try:
        for step in models.progress_per_picture(2):
            for done in (1, 2):
                step(done, 2)
    finally:
        comfy.utils.set_progress_bar_global_hook(None)
    assert seen == [(50, 200), (100, 200), (150, 200), (200, 200)]


def test_the_cpu_runs_in_fp32(models):
    assert models.automatic_precision(torch.device("cpu")) == torch.float32


@pytest.mark.parametrize(("good", "expected"), [(True, torch.float16), (False, torch.float32)])
def test_a_graphics_card_runs_in_fp16_if_it_is_good_at_that(models, monkeypatch, good, expected):
    """And never in bf16 by itself: that changes what is found."""
    management = models.model_management
    monkeypatch.setattr(management, "should_use_fp16", lambda *_, **__: good)
    monkeypatch.setattr(management, "should_use_bf16", lambda *_, **__: True, raising=False)
    assert models.automatic_precision(torch.device("cpu")) == expected


def test_the_combos_offer_what_is_there(models, comfyui):
    folder = comfyui / "models" / "celkit"
    (folder / "mine.safetensors").write_bytes(b"")
    (folder / "notes.txt").write_text("not weights")
    tagger = folder / "tagger"
    tagger.mkdir()
    (tagger / "selected_tags.csv").write_text("")
    (tagger / "model.safetensors").write_bytes(b"")
    assert models.detector_choices() == ["embedded", "rtmdetl_e60", "mine.safetensors"]
    assert models.refiner_choices() == [
        *("embedded", "none", "refine_last", "isnetis", "mine.safetensors")
    ]
    assert models.tagger_choices() == ["tagger"]
    assert models.weights_named("embedded") is None
    assert models.weights_named("mine.safetensors") == str(folder / "mine.safetensors")


def test_a_missing_file_says_where_to_get_it(call):
    with pytest.raises(RuntimeError) as caught:
        call("CelKitLoadCharacterSegmenter", detector="rtmdetl_e60", refiner="none")
    message = str(caught.value)
    for needed in ("rtmdetl_e60.ckpt", "models/celkit", "https://huggingface.co/", "MIT"):
        assert needed in message


def test_a_file_that_changed_is_loaded_anew(nodes, comfyui):
    import os

    file = comfyui / "models" / "celkit" / "changing.safetensors"
    file.write_bytes(b"one")
    fingerprint = nodes["CelKitLoadCharacterSegmenter"].fingerprint_inputs
    choice = {"detector": file.name, "refiner": "none", "precision": "auto", "download": False}
    before = fingerprint(**choice)
    os.utime(file, (1, 1))
    assert fingerprint(**choice) != before


@pytest.mark.parametrize("name", ["rtmdetl_e60.ckpt", "rtmdetl_e60.safetensors"])
def test_a_published_file_that_comes_or_changes_is_loaded_anew(nodes, comfyui, name):
    import os

    fingerprint = nodes["CelKitLoadCharacterSegmenter"].fingerprint_inputs
    choice = {"detector": "rtmdetl_e60", "refiner": "embedded"}
    seen = [fingerprint(**choice)]
    file = comfyui / "models" / "celkit" / name
    try:
        for content, time in ((b"one", 1), (b"two", 2), (b"three", 2)):
            file.write_bytes(content)
            os.utime(file, (time, time))
            seen.append(fingerprint(**choice))
    finally:
        file.unlink()
    assert all(one != other for one, other in itertools.pairwise(seen))
    assert fingerprint(**choice) == seen[0]


def test_a_tagger_that_changed_is_loaded_anew(nodes, comfyui):
    fingerprint = nodes["CelKitLoadTagger"].fingerprint_inputs
    assert fingerprint("none found") == fingerprint() == []
    folder = comfyui / "models" / "celkit" / "changing tagger"
    folder.mkdir()
    (folder / "selected_tags.csv").write_text("one")
    before = fingerprint(folder.name)
    (folder / "selected_tags.csv").write_text("other")
    assert before and fingerprint(folder.name) != before


def test_no_tagger_at_all_names_the_folder(call):
    with pytest.raises(FileNotFoundError, match="no tagger in models/celkit; put"):
        call("CelKitLoadTagger", folder="none found")
