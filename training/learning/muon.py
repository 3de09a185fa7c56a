"""Muon: updates of matrices are made orthogonal, so that every direction of a layer learns at the same pace.

Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks", with the scale of Liu et al. 2025 (arXiv:2502.16982,
section 2.2), which makes an update as large as AdamW's: both take the same learning rate.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # Jordan's quintic: fast, and singular values end between 0.7 and 1.2


def muon_and_adamw(
    network: nn.Module, edges: set[nn.Parameter], learning_rate: float, *, captured: bool = False
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices between hidden features; AdamW for the rest: `edges` (embeddings, first and last layers), biases, norms.

    To be `captured` in a CUDA graph, the learning rate is a tensor on the GPU.
    """
    hidden = [weight for weight in network.parameters() if weight.ndim >= 2 and weight not in edges]
    chosen = set(hidden)
    rest = [weight for weight in network.parameters() if weight not in chosen]
    rates = [torch.tensor(learning_rate, device=hidden[0].device) for _ in range(2)] if captured else [learning_rate] * 2
    return [
        Muon(hidden, lr=rates[0]),
        torch.optim.AdamW(rest, lr=rates[1], betas=(0.9, 0.99), weight_decay=0.01, capturable=captured),
    ]


def orthogonalized(matrices: Tensor, rounds: int = 5) -> Tensor:
    """Nearly the nearest orthogonal matrices of [n, rows, columns]: Newton-Schulz iteration, in bfloat16."""
    a, b, c = COEFFICIENTS
    x = matrices.bfloat16()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(rounds):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return (x.mT if tall else x).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """For weights of two or more dimensions; a convolution [out, in, h, w] counts as the matrix [out, in * h * w].

    Weights of one shape are orthogonalized together, and the rest is done for all at once: few kernels, whatever their number.
    """

    def __init__(self, weights: Iterable[nn.Parameter], lr: float | Tensor, momentum: float = 0.95, weight_decay: float = 0.01):
        super().__init__(list(weights), {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            for weight in weights:
                if "momentum" not in self.state[weight]:
                    self.state[weight]["momentum"] = torch.zeros_like(weight)
            momenta, gradients = [self.state[weight]["momentum"] for weight in weights], [weight.grad for weight in weights]
            torch._foreach_lerp_(momenta, gradients, 1 - group["momentum"])
            updates = list(torch._foreach_lerp(gradients, momenta, group["momentum"]))  # Nesterov
            alike: dict[tuple[int, int], list[int]] = defaultdict(list)
            for n, weight in enumerate(weights):
                alike[(weight.shape[0], weight[0].numel())].append(n)
            for (rows, columns), found in alike.items():
                size = -0.2 * max(rows, columns) ** 0.5 * group["lr"]
                steps = orthogonalized(torch.stack([updates[n].reshape(rows, columns) for n in found])) * size
                for n, step in zip(found, steps):
                    updates[n] = step.reshape(weights[n].shape)
            torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
            torch._foreach_add_(weights, updates)
