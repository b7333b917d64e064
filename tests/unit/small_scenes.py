"""Layered scenes small enough to be drawn in no time, and cameras that move through them."""

from dataclasses import replace

import cv2
import numpy as np
import torch

from cartoon_models.scene.camera import Camera
from cartoon_models.scene.data import Layer, LayeredScene

SIZE = (48, 64)


def pattern(height, width, seed=0):
    """Smooth colours and dark lines, float32 [h, w, 3]."""
    chance = np.random.default_rng(seed)
    smooth = cv2.GaussianBlur(chance.random((height, width, 3), np.float32), (0, 0), 2)
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    lines = cv2.GaussianBlur(chance.random((height, width), np.float32), (0, 0), 3) > 0.52
    smooth[lines] *= 0.2
    return smooth


def layer(height, width, offset=(0, 0), disparity=0.5, alpha=None, seed=0, **more):
    color = pattern(height, width, seed)
    alpha = np.ones((height, width), np.float32) if alpha is None else alpha
    rgba = np.dstack([color * alpha[..., None], alpha]).astype(np.float32)
    plane = disparity if isinstance(disparity, tuple) else (disparity, 0.0, 0.0)
    return Layer("layer", torch.from_numpy(rgba), offset, plane, **more)


def disc(height, width):
    alpha = np.zeros((height, width), np.float32)
    middle, axes = (width // 2, height // 2), (width // 2 - 3, height // 2 - 3)
    cv2.ellipse(alpha, middle, axes, 0, 0, 360, 1.0, -1)
    return cv2.GaussianBlur(alpha, (3, 3), 0.6)


def scene(margin=8, **more):
    plate = layer(SIZE[0] + 2 * margin, SIZE[1] + 2 * margin, (-margin, -margin), 0.2)
    front = layer(30, 24, (10, 12), 0.5, disc(30, 24), seed=1, instance=0)
    near = layer(26, 20, (26, 18), 0.9, disc(26, 20), seed=2, instance=1)
    return LayeredScene(plate, (front, near), SIZE, **more)


def flat(made):
    """The picture that the scene was made of, by hand: float32 [H, W, 3]."""
    height, width = made.size
    pixels = torch.zeros(height, width, 4)
    for part in made.painted:
        x1, y1, x2, y2 = part.box
        here = part.rgba[max(-y1, 0) : height - y1, max(-x1, 0) : width - x1]
        there = pixels[max(y1, 0) : min(y2, height), max(x1, 0) : min(x2, width)]
        there[:] = here + (1 - here[..., 3:]) * there
    return pixels[..., :3]


def psnr(one, other):
    return float(-10 * torch.log10((one - other).square().mean() + 1e-12))


def moved(frames=1, focal=1.0, **where):
    """A camera that goes straight from its place to x, y, z."""
    camera = Camera.still(focal, frames)
    along = torch.linspace(0, 1, frames, dtype=torch.float64) if frames > 1 else torch.ones(1)
    positions = torch.stack([along * where.get(axis, 0.0) for axis in "xyz"], dim=1)
    return replace(camera, positions=positions)


def turned(camera, angle):
    """The camera turned about its upright axis and rolled a bit."""
    from scipy.spatial.transform import Rotation

    rotation = Rotation.from_euler("yz", [angle, angle / 2]).as_matrix()
    return replace(camera, rotations=torch.from_numpy(rotation).expand(len(camera), 3, 3))


def focused(camera, focus, aperture):
    """The camera with the same focus and aperture in all frames."""
    count = len(camera)
    focus, aperture = torch.full((count,), focus), torch.full((count,), aperture)
    return replace(camera, focus=focus, aperture=aperture)
