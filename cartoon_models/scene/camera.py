"""The path of a camera through a scene, as a value."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Camera:
    """Where the camera is and how it looks, frame by frame. Axes and units: see `scene.data`.

    All tensors are float64 on the CPU, F frames long. In frame f a point X of space is seen from
    ``rotations[f] @ (X - positions[f])``.

    Attributes:
        positions: ``[F, 3]``, x right, y down, z forward.
        rotations: ``[F, 3, 3]``, from the scene's axes to the camera's.
        focals: ``[F]``, focal length in widths of the picture.
        shifts: ``[F, 2]``, lens shift: how far the picture is moved within the frame, to the right
            and down, in widths of the picture.
        fps: frames per second.
        focus: ``[F]``, the disparity that is sharp, along the camera's own z; None: everything is.
        aperture: ``[F]``, diameter of the blur disc in widths of the picture, of what lies one unit
            of disparity off the focus.
        name: which preset it is, for people.

    Raises:
        ValueError: no frame, other shapes, numbers that are not finite, a focal length or frame
            rate that is not above 0.
    """

    positions: Tensor
    rotations: Tensor
    focals: Tensor
    shifts: Tensor
    fps: float = 25.0
    focus: Tensor | None = None
    aperture: Tensor | None = None
    name: str = ""

    def __post_init__(self) -> None:
        frames = len(self.positions)
        if frames == 0:
            raise ValueError("A camera has at least one frame.")
        if not self.fps > 0:
            raise ValueError(f"The frame rate is above 0 frames per second, not {self.fps}.")
        if (self.focus is None) != (self.aperture is None):
            raise ValueError("A camera has a focus and an aperture, or neither.")
        shapes = {
            "positions": (frames, 3),
            "rotations": (frames, 3, 3),
            "focals": (frames,),
            "shifts": (frames, 2),
            "focus": (frames,),
            "aperture": (frames,),
        }
        for name, shape in shapes.items():
            value = getattr(self, name)
            if value is None and name in ("focus", "aperture"):
                continue
            value = torch.as_tensor(value, dtype=torch.float64, device="cpu")
            if tuple(value.shape) != shape:
                raise ValueError(
                    f"The {name} of {frames} frames are {list(shape)}, not {list(value.shape)}."
                )
            if not bool(value.isfinite().all()):
                raise ValueError(f"The {name} of a camera are finite numbers.")
            object.__setattr__(self, name, value)
        if not bool((self.focals > 0).all()):
            raise ValueError("Focal lengths are above 0 picture widths.")

    def __len__(self) -> int:
        return len(self.positions)

    def frames(self, which: slice | list[int]) -> Camera:
        """Some of the frames."""
        return Camera(
            self.positions[which],
            self.rotations[which],
            self.focals[which],
            self.shifts[which],
            self.fps,
            None if self.focus is None else self.focus[which],
            None if self.aperture is None else self.aperture[which],
            self.name,
        )

    @classmethod
    def still(cls, focal: float, frames: int = 1, fps: float = 25.0) -> Camera:
        """The camera that took the picture, which does not move; rendering it gives the picture."""
        return cls(
            torch.zeros(frames, 3),
            torch.eye(3).expand(frames, 3, 3),
            torch.full((frames,), float(focal), dtype=torch.float64),
            torch.zeros(frames, 2),
            fps,
            name="still",
        )
