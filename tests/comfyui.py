"""Where ComfyUI is, for the tests that need one."""

from __future__ import annotations

import os
from pathlib import Path

MISSING = "no ComfyUI: set COMFYUI_PATH, or put it into ~/comfy/ComfyUI"


def comfyui_path() -> Path | None:
    """ComfyUI's folder: $COMFYUI_PATH, or the usual ~/comfy/ComfyUI; None where there is none."""
    places = [os.environ.get("COMFYUI_PATH"), Path.home() / "comfy" / "ComfyUI"]
    return next((Path(p) for p in places if p and (Path(p) / "main.py").is_file()), None)
