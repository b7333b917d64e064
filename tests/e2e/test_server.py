"""The pack in a running ComfyUI: its nodes, help pages, texts and example graph."""

import json

from tests.e2e.prompts import api_prompt
from tests.e2e.server import PACK_NAME, ROOT


def celkit(object_info: dict) -> dict:
    return {name: info for name, info in object_info.items() if name.startswith("CelKit")}


def test_the_pack_is_loaded_without_a_complaint(server, object_info):
    assert f"IMPORT FAILED): {server.base}" not in server.log()
    assert f"{PACK_NAME}: " not in server.log()
    pages = {path.stem for path in (ROOT / "web" / "docs").glob("*.md")}
    assert pages - set(celkit(object_info)) <= {"CelKitInstancesToLayers"}
    assert set(celkit(object_info)) <= pages


def test_every_node_is_in_one_place_of_the_menu(object_info):
    for info in celkit(object_info).values():
        assert info["category"] in ("CelKit/instances", "CelKit/scene")
        assert info["python_module"] == f"custom_nodes.{PACK_NAME}"


def test_help_pages_texts_and_the_example_are_served(server, object_info):
    for name in celkit(object_info):
        page = server.get(f"/extensions/{PACK_NAME}/docs/{name}.md").decode()
        assert page.startswith("# ")
    texts = json.loads(server.get("/i18n"))["en"]["nodeDefs"]
    assert set(celkit(object_info)) <= set(texts)
    assert "segment_characters" in json.loads(server.get("/workflow_templates"))[PACK_NAME]
    thumbnail = server.get(f"/api/workflow_templates/{PACK_NAME}/segment_characters.jpg")
    assert thumbnail[:2] == b"\xff\xd8"


def test_the_example_uses_no_other_pack(object_info, workflow):
    for step in api_prompt(workflow).values():
        module = object_info[step["class_type"]]["python_module"]
        assert module == f"custom_nodes.{PACK_NAME}" or not module.startswith("custom_nodes.")


def test_the_models_folder_is_known(server):
    assert "celkit" in json.loads(server.get("/models"))
