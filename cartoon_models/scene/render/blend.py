"""Premultiplied pixels over each other, on the CPU: float32 ``[h, w, 4]``, all in place."""

from __future__ import annotations

import cv2
import numpy as np

from .scratch import scratch

# Per pixel (r, g, b, a) -> (a, a, a, a), which OpenCV does faster than numpy repeats a channel.
_ALPHA = np.zeros((4, 5), np.float32)
_ALPHA[:, 3] = 1
_ROUNDED = 1 + 1e-6  # what sums of weights make of an alpha of 1


def over(front: np.ndarray, pixels: np.ndarray, clear: np.ndarray | None) -> None:
    """Porter and Duff's over: colours into `pixels`, whose alpha means nothing afterwards.

    Args:
        clear: float32 ``[h, w]``, what shines through all so far, if that is to be known.
    """
    through = cv2.extractChannel(front, 3, scratch("through", front.shape[:2]))
    np.subtract(1, through, out=through)
    if clear is not None:
        clear *= through
    # To four channels, of which the last becomes 1: in half of the time of all four alike.
    wide = cv2.cvtColor(through, cv2.COLOR_GRAY2BGRA, scratch("alpha", front.shape))
    cv2.multiply(pixels, wide, pixels)
    cv2.add(pixels, front, pixels)


def tame(pixels: np.ndarray) -> None:
    """Where cubic sampling overshoots at a silhouette, bring alpha back to 0..1 with its colour.

    Alpha that is left above 1 would take away from what lies behind, and brighten the layer's rim.
    """
    alpha = cv2.extractChannel(pixels, 3, scratch("alpha", pixels.shape[:2]))
    if alpha.max() > _ROUNDED:
        divisor = cv2.transform(pixels, _ALPHA, scratch("alpha", pixels.shape))
        cv2.divide(pixels, np.maximum(divisor, 1, out=divisor), pixels)
    cv2.threshold(pixels, 0, 0, cv2.THRESH_TOZERO, pixels)
