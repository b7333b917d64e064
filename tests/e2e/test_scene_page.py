"""The graphs that make videos, in ComfyUI's page."""

import json
import time

import pytest

from tests.e2e.conftest import read_workflow
from tests.e2e.prompts import api_prompt
from tests.e2e.test_page import LOAD, finished, pictures, without_titles

__all__ = ["pictures"]  # the fixture

VIDEOS = "document.querySelectorAll('video').length"


@pytest.mark.parametrize("name", ["ken_burns", "ken_burns_diffusion_plate"])
def test_the_page_knows_the_graphs(page, name):
    page.errors.clear()
    workflow = read_workflow(name)
    loaded = page.evaluate(LOAD % json.dumps(workflow))
    assert loaded["missing"] == []
    found = without_titles(loaded["prompt"])
    expected = api_prompt(workflow)
    checkpoint = [n for n, step in expected.items() if "ckpt_name" in step["inputs"]]
    for number in checkpoint:  # the page knows the files that there are
        found[number]["inputs"].pop("ckpt_name", None)
        expected[number]["inputs"].pop("ckpt_name")
    assert found == expected
    assert page.errors == []


def test_two_clicks_from_a_picture_to_a_video(server, page, ken_burns, pictures):
    workflow = json.loads(json.dumps(ken_burns))
    for node in workflow["nodes"]:
        if node["type"] == "CelKitCameraPreset":
            widgets = [item["name"] for item in node["inputs"] if "widget" in item]
            node["widgets_values"][widgets.index("frames")] = 12
        if node["type"] == "LoadImage":
            node["widgets_values"][0] = "characters.png"
    page.evaluate(LOAD % json.dumps(workflow))
    page.errors.clear()
    before = set(json.loads(server.get("/history")))
    page.evaluate("window.app.queuePrompt(0, 1)")
    entry = finished(server, before)
    assert entry["status"]["status_str"] == "success", server.log()
    page.wait_for(f"{VIDEOS} > 0", 30)
    time.sleep(2)
    page.screenshot(pictures / "ken_burns.png")
    assert page.errors == []
