"""Figures from chroma-key material: drawings and animation before a screen of one strong colour.

The paper's first source of foregrounds (Liu et al. 2023, section 3.1): the key colour is read off
the picture's hue histogram, and becomes alpha. `python -m training.chroma_key VIDEO -o FOLDER`
does it for files; `key_out` and `split_figures` for arrays.
"""

from __future__ import annotations

import numpy as np

from .figures import Figure, split_figures
from .matte import ENCLOSED, MatteOptions, matte
from .screen import NoKey, Screen, find_key, fit_screen

__all__ = [
    "ENCLOSED",
    "Figure",
    "MatteOptions",
    "NoKey",
    "Screen",
    "find_key",
    "fit_screen",
    "key_out",
    "split_figures",
]

LEAST_SCREEN, MOST_SCREEN = 0.05, 0.995


def key_out(
    picture: np.ndarray,
    key: tuple[float, float, float] | np.ndarray | None = None,
    options: MatteOptions | None = None,
) -> np.ndarray:
    """What stands before the screen of a picture: float32 [H,W,4], premultiplied, 0..1.

    Args:
        picture: [H,W,3] RGB, uint8 or float 0..1.
        key: its key colour, RGB 0..1; found by `find_key` when None.
        options: of the matte.

    Raises:
        NoKey: there is no screen, or it covers less than 5 % or more than 99.5 % of the picture.
        ValueError: it is no such picture.
    """
    picture = np.asarray(picture)
    if picture.ndim != 3 or picture.shape[2] != 3 or min(picture.shape[:2]) < 8:
        raise ValueError(
            f"A picture to key is [H, W, 3] with sides of 8 or more, not {list(picture.shape)}."
        )
    if picture.dtype == np.uint8:
        picture = picture.astype(np.float32) / 255
    picture = picture.astype(np.float32, copy=False)
    key = find_key(picture) if key is None else np.asarray(key, np.float32)
    rgba = matte(picture, fit_screen(picture, key), options)
    bare = float((rgba[..., 3] < 0.05).mean())
    if bare < LEAST_SCREEN:
        raise NoKey(f"the screen covers only {100 * bare:.1f} % of the picture")
    if bare > MOST_SCREEN:
        raise NoKey("nothing stands before the screen")
    return rgba
