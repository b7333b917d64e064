"""Numbers on their way to the device, without waiting for what it is doing."""

from __future__ import annotations

import torch
from torch import Tensor


def sent(values, device: torch.device | str) -> Tensor:
    """An array, a list of numbers or a tensor as a tensor on the device.

    A copy from ordinary memory would first wait for all that a GPU has still to do.
    """
    tensor = torch.as_tensor(values)
    if torch.device(device).type == "cuda":
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=True)
