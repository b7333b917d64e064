"""What the nodes promise: ids, texts, help pages, translations."""

import asyncio
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Released ids never change: workflows are saved with them.
NODE_IDS = {
    "CelKitArrangeInstances",
    "CelKitBackgroundPlate",
    "CelKitBuildLayeredScene",
    "CelKitCameraKeyframes",
    "CelKitCameraPreset",
    "CelKitCutOutInstances",
    "CelKitEditInstance",
    "CelKitFinishPlate",
    "CelKitInstancesFromMasks",
    "CelKitInstancesToBoundingBox",
    "CelKitInstancesToLayers",
    "CelKitInstancesToMasks",
    "CelKitInstancesToSEGS",
    "CelKitJoinInstances",
    "CelKitLoadCharacterSegmenter",
    "CelKitLoadInstances",
    "CelKitLoadScene",
    "CelKitLoadTagger",
    "CelKitMergeInstances",
    "CelKitPreparePlate",
    "CelKitPreviewInstances",
    "CelKitPreviewScene",
    "CelKitRemoveInstances",
    "CelKitRenderScene",
    "CelKitRenderSceneMaps",
    "CelKitRenderSceneToVideo",
    "CelKitSaveInstances",
    "CelKitSaveScene",
    "CelKitSceneDepth",
    "CelKitSceneFromLayers",
    "CelKitSegmDetector",
    "CelKitSegmentBoxes",
    "CelKitSegmentCharacters",
    "CelKitSelectByTag",
    "CelKitSelectInstances",
    "CelKitTagInstances",
}


def test_the_ids_are_the_released_ones(nodes):
    assert set(nodes) == NODE_IDS


def test_layers_are_offered_only_where_the_core_has_them(pack, part):
    listed = {cls.GET_SCHEMA().node_id for cls in asyncio.run(pack.extension.get_node_list())}
    assert ("CelKitInstancesToLayers" in listed) == part("nodes.wire").core_has_layers()


def test_the_door_has_one_entrance(pack):
    assert not hasattr(pack, "NODE_CLASS_MAPPINGS")
    assert (ROOT / pack.WEB_DIRECTORY / "docs").is_dir()


def test_every_node_explains_itself(nodes):
    for node_id, cls in nodes.items():
        schema = cls.GET_SCHEMA()
        assert re.fullmatch(r"CelKit[A-Z]\w+", node_id)
        assert schema.category.startswith("CelKit/")
        assert schema.display_name and schema.description
        for item in schema.inputs:
            assert item.tooltip, f"{node_id}.{item.id} has no tooltip"
        for output in schema.outputs:
            # An id of their own could clash with an input's id and stop the whole pack.
            assert output.id.startswith("_"), f"{node_id}: {output.id}"
            assert output.display_name and output.tooltip, f"{node_id}: an output has no text"


def test_every_node_has_a_help_page(nodes):
    for node_id, cls in nodes.items():
        page = (ROOT / "web" / "docs" / f"{node_id}.md").read_text(encoding="utf-8")
        schema = cls.GET_SCHEMA()
        assert page.startswith(f"# {schema.display_name}\n")
        for item in schema.inputs:
            assert f"`{item.id}`" in page, f"{node_id}.md does not say what {item.id} is"
        for output in schema.outputs:
            assert f"`{output.display_name}`" in page


def test_help_pages_say_what_the_tooltips_say(nodes):
    for node_id, cls in nodes.items():
        page = (ROOT / "web" / "docs" / f"{node_id}.md").read_text(encoding="utf-8")
        page = " ".join(page.split())
        schema = cls.GET_SCHEMA()
        assert f"# {schema.display_name} {schema.description} " in page
        for item in (*schema.inputs, *schema.outputs):
            assert f": {item.tooltip}" in page, f"{node_id}.md says otherwise: {item.tooltip}"


def test_translations_say_what_the_schemas_say(nodes):
    texts = json.loads((ROOT / "locales/en/nodeDefs.json").read_text(encoding="utf-8"))
    for node_id, cls in nodes.items():
        schema, entry = cls.GET_SCHEMA(), texts[node_id]
        assert entry["description"] == schema.description
        for item in schema.inputs:
            assert entry["inputs"][item.id]["tooltip"] == item.tooltip, f"{node_id}.{item.id}"
        assert entry.get("outputs", {}) == {
            str(number): {"name": output.display_name, "tooltip": output.tooltip}
            for number, output in enumerate(schema.outputs)
        }


def test_help_pages_and_translations_are_of_nodes_that_exist(nodes):
    assert {path.stem for path in (ROOT / "web" / "docs").glob("*.md")} == set(nodes)
    texts = json.loads((ROOT / "locales/en/nodeDefs.json").read_text(encoding="utf-8"))
    assert set(texts) == set(nodes)
    for node_id, entry in texts.items():
        schema = nodes[node_id].GET_SCHEMA()
        assert entry["display_name"] == schema.display_name
        assert set(entry["inputs"]) == {item.id for item in schema.inputs}


@pytest.mark.parametrize("source", ["INPUT_TYPES", "GET_NODE_INFO_V1"])
def test_object_info_can_be_made(nodes, source):
    for cls in nodes.values():
        json.dumps(getattr(cls, source)())


@pytest.mark.parametrize(
    ("node_id", "name"),
    [
        ("CelKitLoadCharacterSegmenter", "precision"),
        ("CelKitInstancesFromMasks", "layout"),
        ("CelKitInstancesFromMasks", "order"),
        ("CelKitArrangeInstances", "order"),
        ("CelKitArrangeInstances", "overlaps"),
        ("CelKitEditInstance", "mode"),
        ("CelKitSelectByTag", "match"),
        ("CelKitCutOutInstances", "mode"),
        ("CelKitInstancesToLayers", "bottom"),
        ("CelKitBuildLayeredScene", "anchor"),
        ("CelKitBuildLayeredScene", "fill"),
    ],
)
def test_a_choice_that_is_not_offered_is_one_sentence(nodes, call, found, picture, node_id, name):
    """ComfyUI 0.3.64 does not compare what a program sends with the choices."""
    inputs = {"instances": found, "image": picture, "masks": found[0].masks, "tags": "hat"}
    inputs["mask"] = inputs["masks"][:1]
    wanted = {item.id for item in nodes[node_id].GET_SCHEMA().inputs}
    given = {key: value for key, value in inputs.items() if key in wanted}
    with pytest.raises(ValueError, match="'no such choice'"):
        call(node_id, **given | {name: "no such choice"})
