"""Building blocks shared by the networks.

Norms compute in float32 whatever comes in: under bfloat16 autocast they are the layers that lose accuracy, and older CPU
kernels refuse the mix.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class GroupNorm(nn.GroupNorm):
    def forward(self, x: Tensor) -> Tensor:
        return F.group_norm(x.float(), self.num_groups, self.weight, self.bias, self.eps)


class LayerNorm(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x.float(), self.normalized_shape, self.weight, self.bias, self.eps)


class Attention(nn.Module):
    """Multi-head attention of `x` [batch, tokens, width] over itself or over `context` [batch, words, context_width]."""

    def __init__(self, width: int, heads: int, context_width: int | None = None):
        super().__init__()
        context_width = context_width or width
        self.heads = heads
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(context_width, width, bias=False)
        self.value = nn.Linear(context_width, width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        context = x if context is None else context
        batch, _, width = x.shape
        depth = width // self.heads
        query = self.query(x).reshape(batch, -1, self.heads, depth).transpose(1, 2)
        key = self.key(context).reshape(batch, -1, self.heads, depth).permute(0, 2, 3, 1)
        value = self.value(context).reshape(batch, -1, self.heads, depth).transpose(1, 2)
        weights = torch.softmax((query @ key) * (depth**-0.5), -1)
        return self.out((weights @ value).transpose(1, 2).reshape(batch, -1, width))


class FeedForward(nn.Sequential):
    def __init__(self, width: int, factor: int):
        super().__init__(nn.Linear(width, factor * width), nn.GELU(), nn.Linear(factor * width, width))


def zeroed(layer: nn.Module) -> nn.Module:
    """Starts a residual branch at nothing, so that a fresh block is the identity."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer
