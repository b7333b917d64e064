"""A saved workflow as the prompt that the server takes; what the page does on "run"."""

from __future__ import annotations

NOT_RUN = {"MarkdownNote", "Note"}
AFTER_A_SEED = {"fixed", "increment", "decrement", "randomize"}


def api_prompt(workflow: dict) -> dict:
    """``{node id: {class_type, inputs}}`` of a workflow without subgraphs or reroutes.

    Widgets are the inputs that carry a "widget"; "widgets_values" has their values in that order,
    and behind some of them a value of the page's own (an upload button, control after generate).
    """
    source = {link[0]: [str(link[1]), link[2]] for link in workflow["links"]}
    prompt = {}
    for node in workflow["nodes"]:
        if node["type"] in NOT_RUN or node.get("mode", 0) != 0:
            continue
        widgets = [item["name"] for item in node["inputs"] if "widget" in item]
        values = node.get("widgets_values", [])
        values = [v for v in values if not (isinstance(v, str) and v in AFTER_A_SEED)]
        inputs = dict(zip(widgets, values, strict=False))
        linked = [item for item in node["inputs"] if item.get("link") is not None]
        inputs |= {item["name"]: source[item["link"]] for item in linked}
        inputs.pop("upload", None)
        prompt[str(node["id"])] = {"class_type": node["type"], "inputs": inputs}
    return prompt
