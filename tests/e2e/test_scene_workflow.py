"""The graphs that make videos, run by the server."""

import copy
import json
import time

import av
import numpy as np
import pytest
from PIL import Image

from tests.e2e.prompts import api_prompt
from tests.e2e.server import PACK_NAME
from tests.e2e.test_workflow import node_of

SECONDS = 900


@pytest.fixture(scope="module")
def prompt(ken_burns):
    """The example graph, a few small frames of the example picture."""
    graph = api_prompt(ken_burns)
    graph[node_of(graph, "LoadImage")]["inputs"]["image"] = "characters.png"
    graph[node_of(graph, "CelKitCameraPreset")]["inputs"]["frames"] = 6
    graph[node_of(graph, "CelKitRenderSceneToVideo")]["inputs"]["width"] = 320
    return graph


def frames_of(file) -> np.ndarray:
    with av.open(str(file)) as container:
        return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)])


def run(server, prompt: dict) -> dict:
    """As Server.run, with more time."""
    entry = server.finished(server.queue(prompt), SECONDS)
    errors = [data for name, data in entry["status"]["messages"] if name == "execution_error"]
    assert not errors, errors[0]["exception_message"]
    return entry["outputs"]


def test_the_example_makes_a_video_and_shows_it(server, prompt):
    outputs = run(server, prompt)
    (shown,) = outputs[node_of(prompt, "CelKitRenderSceneToVideo")]["images"]
    assert shown["filename"].endswith(".mp4") and shown["type"] == "output"
    frames = frames_of(server.picture_file(shown))
    assert frames.shape == (6, 200, 320, 3)
    assert np.abs(frames[0].astype(int) - frames[-1]).mean() > 2  # it moves
    with Image.open(server.base / "input" / "characters.png") as image:
        source = np.asarray(image.convert("RGB").resize((320, 200), Image.BOX))
    black = [(pixels.max(axis=-1) < 8).mean() for pixels in (*frames, source)]
    assert max(black) < black[-1] + 0.005  # what is empty would be black
    assert len(outputs[node_of(prompt, "CelKitPreviewScene")]["images"]) == 3
    page = server.get(f"/view?filename={shown['filename']}&subfolder={shown['subfolder']}")
    assert page[4:8] == b"ftyp"


def test_nothing_but_the_camera_changes_with_the_camera(server, prompt):
    run(server, prompt)
    graph = copy.deepcopy(prompt)
    graph[node_of(prompt, "CelKitCameraPreset")]["inputs"]["preset"] = "pedestal"
    entry = server.finished(server.queue(graph), SECONDS)
    cached = next(data for name, data in entry["status"]["messages"] if name == "execution_cached")
    assert node_of(prompt, "CelKitBuildLayeredScene") in cached["nodes"]
    assert node_of(prompt, "CelKitRenderSceneToVideo") not in cached["nodes"]


def test_a_plate_that_others_paint(server, diffusion_plate):
    """Without a checkpoint: what Prepare Plate hands out goes straight to Finish Plate."""
    graph = api_prompt(diffusion_plate)
    sampler = {"CheckpointLoaderSimple", "CLIPTextEncode", "VAEEncode", "SetLatentNoiseMask"}
    sampler |= {"KSampler", "VAEDecode"}
    prepared, finish = (
        node_of(graph, f"Ce{name}") for name in ("lKitPreparePlate", "lKitFinishPlate")
    )
    graph[finish]["inputs"]["image"] = [prepared, 0]
    graph = {name: step for name, step in graph.items() if step["class_type"] not in sampler}
    graph["prompt"] = {"class_type": "PreviewAny", "inputs": {"source": [prepared, 3]}}
    graph[node_of(graph, "LoadImage")]["inputs"]["image"] = "characters.png"
    graph[node_of(graph, "CelKitCameraPreset")]["inputs"]["frames"] = 3
    graph[node_of(graph, "CelKitRenderSceneToVideo")]["inputs"]["width"] = 320
    outputs = run(server, graph)
    (shown,) = outputs[node_of(graph, "CelKitRenderSceneToVideo")]["images"]
    assert len(frames_of(server.picture_file(shown))) == 3
    assert "park, trees" in outputs["prompt"]["text"][0]
    assert len(outputs[node_of(graph, "PreviewImage")]["images"]) == 1


def test_a_graph_of_every_node_of_scenes(server, prompt, object_info):
    def step(class_type: str, **inputs: object) -> dict:
        """A step with the defaults of its widgets."""
        required = object_info[class_type]["input"]["required"]
        widgets = {
            name: kind[1]["default"]
            for name, kind in required.items()
            if len(kind) > 1 and "default" in kind[1]
        }
        return {"class_type": class_type, "inputs": widgets | inputs}

    found = [node_of(prompt, "CelKitSegmentCharacters"), 0]
    image, scene = [node_of(prompt, "LoadImage"), 0], [node_of(prompt, "CelKitBackgroundPlate"), 0]
    small = {"width": 160}
    graph = {
        "depth": step("CelKitSceneDepth", instances=found),
        "built": step(
            "CelKitBuildLayeredScene",
            image=image,
            instances=found,
            depth=["depth", 1],
            fill="later, by Background Plate",
        ),
        "show depth": step("PreviewImage", images=["depth", 1]),
        "keys": step("CelKitCameraKeyframes", scene=scene, frames=3),
        "frames": step("CelKitRenderScene", scene=scene, camera=["keys", 0], **small),
        "show frames": step("PreviewImage", images=["frames", 0]),
        "core video": step("CreateVideo", images=["frames", 0], fps=["frames", 1]),
        "save core video": step("SaveVideo", video=["core video", 0]),
        "maps": step("CelKitRenderSceneMaps", scene=scene, camera=["keys", 0], **small),
        "show alpha": step("MaskPreview", mask=["maps", 1]),
        "video": step(
            "CelKitRenderSceneToVideo", scene=scene, camera=["keys", 0], codec="vp9", **small
        ),
        "parts": step("GetVideoComponents", video=["video", 0]),
        "show parts": step("PreviewImage", images=["parts", 0]),
        "saved": step("CelKitSaveScene", scene=["built", 0]),
        "loaded": step("CelKitLoadScene", paths=["saved", 0]),
        "preview": step("CelKitPreviewScene", scene=["loaded", 0]),
        "layers": step("CelKitSceneFromLayers", layers=["frames", 0]),
        "show layers": step("CelKitPreviewScene", scene=["layers", 0]),
    }
    outputs = run(server, {**prompt, **graph})
    assert len(outputs["show frames"]["images"]) == len(outputs["show parts"]["images"]) == 3
    assert len(outputs["preview"]["images"]) == len(outputs["show layers"]["images"]) == 3
    folder = server.base / "output" / outputs["saved"]["text"][0]
    record = json.loads((folder / "scene.json").read_text())
    assert record["size"] == [800, 1280]
    assert outputs["video"]["images"][0]["filename"].endswith(".webm")


def test_cancel_in_the_middle_of_a_video_leaves_none(server, prompt):
    run(server, prompt)  # so that everything before the video is cached
    graph = copy.deepcopy(prompt)
    video = node_of(prompt, "CelKitRenderSceneToVideo")
    still = {**graph[node_of(prompt, "CelKitCameraPreset")], "inputs": {}}
    still["inputs"] = {**graph[node_of(prompt, "CelKitCameraPreset")]["inputs"], "preset": "still"}
    still["inputs"]["frames"] = 20000
    graph["long"] = still
    graph[video]["inputs"] |= {"camera": ["long", 0], "filename_prefix": "cancelled/clip"}
    prompt_id = server.queue(graph)
    folder = server.base / "output" / "cancelled"
    end = time.monotonic() + 120
    while not (folder.is_dir() and any(folder.iterdir())) and time.monotonic() < end:
        time.sleep(0.2)
    assert any(folder.iterdir())  # it has begun
    server.post("/interrupt", {})
    messages = dict(server.finished(prompt_id, seconds=60)["status"]["messages"])
    assert messages["execution_interrupted"]["node_id"] == video
    assert list(folder.iterdir()) == []
    run(server, prompt)  # and the next one runs


def test_the_examples_use_no_other_pack_and_have_a_picture(
    server, object_info, ken_burns, diffusion_plate
):
    listed = json.loads(server.get("/workflow_templates"))[PACK_NAME]
    for name, workflow in (
        ("ken_burns", ken_burns),
        ("ken_burns_diffusion_plate", diffusion_plate),
    ):
        for step in api_prompt(workflow).values():
            module = object_info[step["class_type"]]["python_module"]
            assert module == f"custom_nodes.{PACK_NAME}" or not module.startswith("custom_nodes.")
        assert name in listed
        thumbnail = server.get(f"/api/workflow_templates/{PACK_NAME}/{name}.jpg")
        assert thumbnail[:2] == b"\xff\xd8"
