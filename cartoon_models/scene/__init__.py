"""Layered scenes: one picture as a background plate and layers, and a camera that flies through.

`build_scene` takes a picture and its instances apart, `camera_preset` makes a camera for the scene,
`render_frames` gives what that camera sees. Each name is imported when it is first used; functions
that are called like their module (`anchor.anchor`, `stereo.stereo`) are to be had from there.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "depth.anchor": ("MODES", "background_plane"),
    "build": ("FILLS", "build_scene"),
    "camera": ("Camera",),
    "data": ("FOCAL", "Layer", "LayeredScene", "Plane"),
    "depth.reading": ("KINDS", "POLARITIES", "Depth", "read_depth"),
    "depth.guess": ("guess_depth",),
    "depth.model": ("DepthModel", "load_depth_model"),
    "moves.easing": ("EASINGS",),
    "files": ("load_scene", "save_scene"),
    "moves.focus": ("pull_focus",),
    "from_layers": ("scene_from_layers",),
    "plate.hole": ("background_hole",),
    "moves.keyframes": ("camera_keyframes",),
    "render.output": ("render_rgba", "render_stereo"),
    "plate.filling": ("METHODS", "Plate", "fill_background"),
    "moves.presets": ("AUTO_SAFE", "PRESETS", "camera_preset"),
    "plate.refill": ("Refilled", "fill_scene"),
    "render.frames": ("INTERPOLATIONS", "Frame", "render_details", "render_frames"),
    "reveal": ("Reveal", "reveal_mask"),
    "moves.safe": ("SafeMove", "largest_safe", "safe_amount"),
    "show": ("draw_depth", "draw_layers", "draw_reveal"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
