"""Exponential moving average of a network's weights: what is evaluated and exported."""

import copy

import torch
from torch import Tensor, nn


class MovingAverage:
    """Follows a network: average = decay * average + (1 - decay) * weights after every step.

    The decay grows with the number of updates, (1 + n) / (10 + n) up to `decay`, so that the first
    random weights are forgotten in short runs too. Batch-norm statistics are averaged alike.
    """

    def __init__(self, network: nn.Module, decay: float = 0.999):
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        current = network.state_dict()
        floats, news = [], []
        for name, value in self.network.state_dict().items():
            if value.is_floating_point():
                floats.append(value)
                news.append(current[name].to(value.dtype))
            else:
                value.copy_(current[name])
        torch._foreach_lerp_(floats, news, 1 - decay)

    def state_dict(self) -> dict[str, int | dict[str, Tensor]]:
        return {"updates": self.updates, "weights": self.network.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        self.updates = state["updates"]
        self.network.load_state_dict(state["weights"])
