"""The example graph, run by the server."""

import copy
import json
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.e2e.prompts import api_prompt


def node_of(prompt: dict, class_type: str, number: int = 0) -> str:
    return [name for name, step in prompt.items() if step["class_type"] == class_type][number]


@pytest.fixture(scope="module")
def prompt(workflow):
    return api_prompt(workflow)


@pytest.mark.parametrize("name", ["example.png", "characters.png"])
def test_the_example_runs_and_saves_cut_outs(server, prompt, name):
    graph = copy.deepcopy(prompt)
    graph[node_of(prompt, "LoadImage")]["inputs"]["image"] = name
    outputs = server.run(graph)
    source = pixels(server.base / "input" / name)[..., :3]
    (shown,) = outputs[node_of(prompt, "CelKitPreviewInstances")]["images"]
    preview = pixels(server.picture_file(shown))
    assert preview.shape == source.shape and np.abs(preview - source).max() > 60
    saved = outputs[node_of(prompt, "SaveImage")]["images"]
    assert len(saved) >= (5 if name == "characters.png" else 1)
    for entry in saved:
        alpha = pixels(server.picture_file(entry))[..., 3]
        assert alpha.max() > 127 and alpha.min() < 128


def pixels(file: Path) -> np.ndarray:
    """int ``[H, W, C]``, 0 to 255, with the channels that the file has."""
    with Image.open(file) as image:
        return np.asarray(image, int)


def test_nothing_runs_twice(server, prompt):
    server.run(prompt)
    entry = server.finished(server.queue(prompt))
    cached = next(data for name, data in entry["status"]["messages"] if name == "execution_cached")
    assert node_of(prompt, "CelKitSegmentCharacters") in cached["nodes"]


def test_saving_and_loading_in_one_graph(server, prompt):
    found = [node_of(prompt, "CelKitSegmentCharacters"), 0]
    graph = {
        **prompt,
        "save": {
            "class_type": "CelKitSaveInstances",
            "inputs": {"instances": found, "filename_prefix": "e2e/found"},
        },
        "load": {"class_type": "CelKitLoadInstances", "inputs": {"paths": ["save", 0]}},
        "masks": {
            "class_type": "CelKitInstancesToMasks",
            "inputs": {"instances": ["load", 0], "threshold": 0.0},
        },
        "show": {"class_type": "MaskPreview", "inputs": {"mask": ["masks", 0]}},
        "count": {"class_type": "PreviewAny", "inputs": {"source": ["masks", 4]}},
    }
    outputs = server.run(graph)
    folder = server.base / "output" / outputs["save"]["text"][0]
    record = json.loads((folder / "instances.json").read_text())
    assert outputs["count"]["text"] == [str(len(record["instances"]))]
    assert len(outputs["show"]["images"]) == max(len(record["instances"]), 1)


def test_a_graph_of_every_node(server, prompt, object_info):
    def step(class_type: str, **inputs: object) -> dict:
        """A step with the defaults of its widgets."""
        required = object_info[class_type]["input"]["required"]
        widgets = {
            name: kind[1]["default"]
            for name, kind in required.items()
            if len(kind) > 1 and "default" in kind[1]
        }
        return {"class_type": class_type, "inputs": widgets | inputs}

    image, networks = (
        [node_of(prompt, name), 0] for name in ("LoadImage", "CelKitLoadCharacterSegmenter")
    )
    found = [node_of(prompt, "CelKitSegmentCharacters"), 0]
    graph = {
        "boxes": step("CelKitInstancesToBoundingBox", instances=found),
        "again": step("CelKitSegmentBoxes", segmenter=networks, image=image, boxes=["boxes", 0]),
        "masks": step("CelKitInstancesToMasks", instances=["again", 0]),
        "made": step(
            "CelKitInstancesFromMasks", masks=["masks", 0], segmenter=networks, image=image
        ),
        "joined": step("CelKitJoinInstances", first=["again", 0], second=["made", 0]),
        "arranged": step("CelKitArrangeInstances", instances=["joined", 0], overlaps="soft"),
        "tagged": step("CelKitTagInstances", instances=["arranged", 0], typed="hero"),
        "heroes": step("CelKitSelectByTag", instances=["tagged", 0], tags="Hero"),
        "merged": step("CelKitMergeInstances", instances=["heroes", 0]),
        "largest": step("CelKitSelectInstances", instances=["merged", 0], which="largest"),
        "edited": step("CelKitEditInstance", instances=["largest", 0], mask=["masks", 1]),
        "nobody": step("CelKitRemoveInstances", instances=["edited", 0]),
        "preview": step("CelKitPreviewInstances", instances=["edited", 0], image=image),
        "segs": step("CelKitInstancesToSEGS", instances=["edited", 0], image=image),
        "detector": step("CelKitSegmDetector", segmenter=networks),
        "show boxes": step("PreviewAny", source=["boxes", 1]),
        "show tags": step("PreviewAny", source=["tagged", 1]),
        "show nobody": step("PreviewAny", source=["nobody", 2]),
        "show segs": step("PreviewAny", source=["segs", 0]),
        "show detector": step("PreviewAny", source=["detector", 0]),
    }
    outputs = server.run({**prompt, **graph})
    boxes = json.loads(outputs["show boxes"]["text"][0])
    assert outputs["show tags"]["text"][0].split("\n") == ["hero"] * 2 * len(boxes)
    assert len(outputs["preview"]["images"]) == 1
    assert outputs["show nobody"]["text"] == ["[]"]


def test_a_picture_without_characters_is_no_error(server, prompt):
    white = {"width": 65, "height": 33, "batch_size": 2, "color": 0xFFFFFF}
    graph = copy.deepcopy(prompt)
    graph[node_of(prompt, "LoadImage")] = {"class_type": "EmptyImage", "inputs": white}
    graph[node_of(prompt, "CelKitSegmentCharacters")]["inputs"]["score_threshold"] = 1.0
    outputs = server.run(graph)
    assert len(outputs[node_of(prompt, "CelKitPreviewInstances")]["images"]) == 2
    assert len(outputs[node_of(prompt, "SaveImage")]["images"]) == 1


def test_a_wrong_number_is_one_sentence(server, prompt):
    graph = {
        **prompt,
        "select": {
            "class_type": "CelKitSelectInstances",
            "inputs": {
                "instances": [node_of(prompt, "CelKitSegmentCharacters"), 0],
                "which": "99",
                "skip_missing": False,
            },
        },
        "show": {"class_type": "MaskPreview", "inputs": {"mask": ["select", 1]}},
    }
    entry = server.finished(server.queue(graph))
    (error,) = [data for name, data in entry["status"]["messages"] if name == "execution_error"]
    assert "Instance 99 is not there" in error["exception_message"]


def test_cancel_stops_in_the_middle_of_a_batch(server, prompt):
    server.run(prompt)  # so that everything before the batch is cached
    graph = copy.deepcopy(prompt)
    segment = node_of(prompt, "CelKitSegmentCharacters")
    graph["frames"] = {
        "class_type": "RepeatImageBatch",
        "inputs": {"image": [node_of(prompt, "LoadImage"), 0], "amount": 500},
    }
    graph[segment]["inputs"]["image"] = ["frames", 0]
    prompt_id = server.queue(graph)
    time.sleep(3)
    server.post("/interrupt", {})
    messages = dict(server.finished(prompt_id, seconds=60)["status"]["messages"])
    assert messages["execution_interrupted"]["node_id"] == segment
    server.run(prompt)  # and the next one runs
