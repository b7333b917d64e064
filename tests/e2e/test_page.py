"""The example graph in ComfyUI's page."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.e2e.prompts import api_prompt

LOAD = """(async () => {
    const workflow = %s;
    const known = window.LiteGraph.registered_node_types;
    const notes = ["Note", "MarkdownNote"];
    const missing = workflow.nodes.map(n => n.type).filter(t => !known[t] && !notes.includes(t));
    await window.app.loadGraphData(workflow);
    await new Promise(done => setTimeout(done, 1000));
    await window.app.extensionManager.command.execute("Comfy.Canvas.FitView");
    return {missing, prompt: (await window.app.graphToPrompt()).output};
})()"""


@pytest.fixture
def pictures(tmp_path) -> Path:
    """Where screenshots go: $CELKIT_SCREENSHOTS, to look at them, or nowhere that lasts."""
    folder = Path(os.environ.get("CELKIT_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_the_page_knows_the_example_and_runs_it(server, page, workflow, pictures):
    page.errors.clear()  # what the page itself complains about while it starts
    loaded = page.evaluate(LOAD % json.dumps(workflow))
    assert loaded["missing"] == []
    assert without_titles(loaded["prompt"]) == api_prompt(workflow)
    before = set(json.loads(server.get("/history")))
    page.evaluate("window.app.queuePrompt(0, 1)")
    entry = finished(server, before)
    time.sleep(2)
    page.screenshot(pictures / "page.png")
    assert entry["status"]["status_str"] == "success", server.log()
    assert page.errors == []


def finished(server, before: set) -> dict:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        history = json.loads(server.get("/history"))
        new = [name for name in history if name not in before]
        if new:
            return server.finished(new[0])
        time.sleep(0.5)
    raise TimeoutError("The page did not run the graph.")


def without_titles(prompt: dict) -> dict:
    return {
        name: {"class_type": step["class_type"], "inputs": step["inputs"]}
        for name, step in prompt.items()
    }
