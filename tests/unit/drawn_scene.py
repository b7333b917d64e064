"""Made-up drawings with their exact layers, for tests of scenes."""

import cv2
import numpy as np
import torch

from cartoon_models.instances import Instances

SKIN, INK = np.float32([0.98, 0.82, 0.70]), np.float32([0.12, 0.06, 0.10])
MAGENTA = np.float32([1, 0, 1])


def figure(size=(60, 72), middle=(30, 32), radius=15, line=2, arm=True):
    """A disc with an arm and an outline, drawn four times as fine: its own colours and its alpha.

    Returns float32 ``[H, W, 3]`` and ``[H, W]``.
    """
    height, width = size
    fine = np.zeros((4 * height, 4 * width), np.uint8)
    x, y = middle
    cv2.circle(fine, (4 * x, 4 * y), 4 * radius, 255, -1)
    if arm:
        cv2.rectangle(fine, (4 * x, 4 * y - 18), (4 * (x + radius + 12), 4 * y + 18), 255, -1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (8 * line + 1,) * 2)
    inner = cv2.erode(fine, disc, borderValue=255) > 0
    fine = (fine > 0).astype(np.float32)[..., None]
    colors = np.where(inner[..., None], SKIN, INK) * fine
    alpha = smaller(fine)[..., 0]
    return smaller(colors) / np.maximum(alpha, 1e-6)[..., None], alpha


def smaller(fine):
    height, width = fine.shape[0] // 4, fine.shape[1] // 4
    return fine.reshape(height, 4, width, 4, -1).mean((1, 3)).astype(np.float32)


def sky(size=(60, 72)):
    """A background without lines: float32 ``[H, W, 3]``."""
    height, width = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return np.dstack([0.35 + 0.002 * x, 0.65 + 0.001 * y, 0.9 - 0.003 * y]).astype(np.float32)


def over(colors, alpha, behind):
    return (alpha[..., None] * colors + (1 - alpha[..., None]) * behind).astype(np.float32)


def found_in(*masks):
    return Instances.from_masks(np.stack(masks).astype(np.float32))


def flattened(scene, behind=None):
    """What the camera that took the picture sees: float32 ``[H, W, 4]``, premultiplied.

    ``behind``: a colour in place of the plate.
    """
    left, top = scene.plate.offset
    result = scene.plate.rgba.clone()
    if behind is not None:
        result[:] = torch.tensor([*behind, 1.0])
    for layer in scene.layers:
        x1, y1, x2, y2 = layer.box
        part = result[y1 - top : y2 - top, x1 - left : x2 - left]
        part.copy_(layer.rgba + part * (1 - layer.rgba[..., 3:]))
    height, width = scene.size
    return result[-top : height - top, -left : width - left].numpy()


def psnr(got, want):
    return -10 * np.log10(max(float(((np.asarray(got) - np.asarray(want)) ** 2).mean()), 1e-12))
