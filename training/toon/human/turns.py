"""Turns in space: x right, y down, z towards us. Angles are degrees."""

from __future__ import annotations

import math

import numpy as np


def turn_x(degrees: float) -> np.ndarray:
    """[3,3]; positive: what looks at us looks down."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])


def turn_y(degrees: float) -> np.ndarray:
    """[3,3]; positive: what looks at us looks to our right."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def turn_z(degrees: float) -> np.ndarray:
    """[3,3]; positive: clockwise in the picture."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def view_of(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """A body's own axes in space, the columns of [3,3]; the angles are those of `Pose`."""
    return turn_z(roll) @ turn_x(pitch) @ turn_y(yaw)


def angles_of(view: np.ndarray) -> tuple[float, float, float]:
    """Yaw, pitch (-90..90) and roll of which `view_of` makes this turn [3,3]."""
    yaw = math.atan2(-view[2, 0], view[2, 2])
    pitch = math.asin(float(np.clip(-view[2, 1], -1, 1)))
    roll = math.atan2(-view[0, 1], view[1, 1])
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)
