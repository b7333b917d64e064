"""One ComfyUI server for all end-to-end tests."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from tests.comfyui import MISSING, comfyui_path
from tests.e2e.browser import Page, chromium_path
from tests.e2e.server import ROOT, Server

NEEDED = ("aiohttp", "alembic", "comfyui_frontend_package", "einops", "torchsde")
WORKFLOWS = ROOT / "workflows"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A running ComfyUI with only this pack, the example picture in its input folder."""
    path = comfyui_path()
    if path is None:
        pytest.skip(MISSING)
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"ComfyUI's requirements are not installed here: {', '.join(missing)}")
    try:
        server = Server(path, tmp_path_factory.mktemp("server") / "base")
    except OSError as error:
        pytest.skip(f"no folder with only this pack in it can be made here: {error}")
    try:
        copy_pictures(path, server.base / "input")
        assert server.wait_until_ready(), f"ComfyUI did not start:\n{server.log()}"
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def object_info(server) -> dict:
    """What the server says about its nodes."""
    return json.loads(server.get("/object_info"))


@pytest.fixture(scope="session")
def workflow() -> dict:
    """The example graph."""
    return read_workflow("segment_characters")


@pytest.fixture(scope="session")
def ken_burns() -> dict:
    """The graph from a picture to a video."""
    return read_workflow("ken_burns")


@pytest.fixture(scope="session")
def diffusion_plate() -> dict:
    """The graph in which a sampler paints the background."""
    return read_workflow("ken_burns_diffusion_plate")


@pytest.fixture
def page(server):
    """ComfyUI's page in headless Chromium."""
    chromium = chromium_path()
    if chromium is None:
        pytest.skip("no Chromium: set CHROMIUM_PATH, or install chromium")
    with Page(chromium) as page:
        page.go(server.url)
        page.wait_for(
            "window.app?.graph && Object.keys(window.LiteGraph?.registered_node_types ?? {})"
            ".some(id => id.startsWith('CelKit'))"
        )
        yield page


def read_workflow(name: str) -> dict:
    """One of workflows/."""
    return json.loads((WORKFLOWS / f"{name}.json").read_text(encoding="utf-8"))


def copy_pictures(comfyui: Path, folder: Path) -> None:
    """Put ComfyUI's example picture and ours where LoadImage finds them."""
    for picture in (comfyui / "input" / "example.png", *(ROOT / "pictures").glob("*.png")):
        shutil.copy(picture, folder)
