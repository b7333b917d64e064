"""A clip to look at: a column per frame, a row per kind of label."""

from __future__ import annotations

import numpy as np

from ..toon.clips import Clip
from ..toon.flow import color_wheel
from .paint_bucket import paint_frames

PAPER = 225  # grey shown where a picture is transparent


def clip_sheet(clip: Clip) -> np.ndarray:
    """uint8 [8 H, N W, 3]: the frames, their line art, labels, segments, flat colours, shading
    annotation, tones, and the flow to the next frame (from the last one to the first)."""
    painted, _, _ = paint_frames(clip.drawings, clip.drawings[:1])
    flows = [clip.flow(i, (i + 1) % len(clip)) for i in range(len(clip))]
    reach = max(float(np.abs(flow.vectors[flow.valid]).max(initial=1)) for flow in flows)
    columns = [
        np.concatenate(
            [
                _over(drawing.rgba, premultiplied=True),
                _over(frame.line),
                numbered(frame.label),
                numbered(frame.seg),
                _over(frame.gt),
                _over(frame.line_anno),
                _over(frame.shadow),
                color_wheel(flow, reach),
            ]
        )
        for drawing, frame, flow in zip(clip.drawings, painted, flows, strict=True)
    ]
    return np.concatenate(columns, 1)


def numbered(numbers: np.ndarray) -> np.ndarray:
    """Numbers int [H,W] as colours, the same one for the same number; 0 is black, -1 paper."""
    colors = np.random.default_rng(1).integers(40, 256, (numbers.max() + 2, 3)).astype(np.uint8)
    colors[0], colors[-1] = 0, PAPER
    return colors[numbers]


def _over(rgba: np.ndarray, premultiplied: bool = False) -> np.ndarray:
    alpha = rgba[..., 3:].astype(np.uint16)
    color = rgba[..., :3].astype(np.uint16) * (255 if premultiplied else alpha)
    return ((color + PAPER * (255 - alpha) + 127) // 255).astype(np.uint8)
