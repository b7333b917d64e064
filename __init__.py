"""CelKit for ComfyUI: the door. The nodes are in nodes/, what computes in cartoon_models/."""

WEB_DIRECTORY = "./web"


async def comfy_entrypoint():
    """Called by ComfyUI; everything of ComfyUI's is imported here, so that importing this file
    needs none."""
    from comfy_api.latest import ComfyExtension

    from .nodes import NODES

    class CelKitExtension(ComfyExtension):
        async def get_node_list(self):
            return NODES

    return CelKitExtension()
