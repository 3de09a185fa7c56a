"""Muon: steps for matrices are made orthogonal, so that every direction of a layer learns at the same pace.

Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks", with the scale of Liu et al. 2025 (arXiv
2502.16982, section 2.2), which makes a step as large as AdamW's: both take the same learning rate.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # Jordan's quintic: fast, and singular values end between 0.7 and 1.2


def orthogonalized(matrices: Tensor, rounds: int = 5) -> Tensor:
    """The nearest orthogonal matrices of [n, rows, columns], nearly: Newton-Schulz iteration, in bfloat16."""
    a, b, c = COEFFICIENTS
    x = matrices.bfloat16()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(rounds):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return (x.mT if tall else x).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """For weights of two or more dimensions; a convolution [out, in, h, w] counts as the matrix [out, in * h * w]."""

    def __init__(self, weights: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.01):
        super().__init__(list(weights), {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            alike: dict[tuple[int, int], list[nn.Parameter]] = defaultdict(list)
            for weight in group["params"]:
                if weight.grad is not None:
                    alike[(weight.shape[0], weight[0].numel())].append(weight)
            for (rows, columns), weights in alike.items():
                ways = []
                for weight in weights:
                    state = self.state[weight]
                    if "momentum" not in state:
                        state["momentum"] = torch.zeros_like(weight)
                    state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
                    ways.append(weight.grad.lerp(state["momentum"], group["momentum"]).reshape(rows, columns))
                size = 0.2 * max(rows, columns) ** 0.5 * group["lr"]
                for weight, way in zip(weights, orthogonalized(torch.stack(ways))):
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    weight.add_(way.reshape(weight.shape), alpha=-size)
