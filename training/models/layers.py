"""Building blocks that the networks share.

Norms return the type that they get (they sum in float32 inside): autocast would write all of it in float32, which takes twice the
memory traffic.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class GroupNorm(nn.GroupNorm):
    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return F.group_norm(x, self.num_groups, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps)


class LayerNorm(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return F.layer_norm(x, self.normalized_shape, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps)


class Attention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017) of `x` [batch, tokens, width] over itself or over `context` [batch, words,
    context_width]."""

    def __init__(self, width: int, heads: int, context_width: int | None = None):
        super().__init__()
        context_width = context_width or width
        self.heads, self.depth = heads, width // heads
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(context_width, width, bias=False)
        self.value = nn.Linear(context_width, width, bias=False)
        self.out = nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        """[batch, tokens, width] -> [batch, heads, tokens, depth]."""
        return x.reshape(x.shape[0], -1, self.heads, self.depth).transpose(1, 2)

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        context = x if context is None else context
        query, key, value = self.split(self.query(x)), self.split(self.key(context)), self.split(self.value(context))
        if torch.onnx.is_in_onnx_export():  # the same numbers in operators that every runtime has
            weights = torch.softmax(query @ key.transpose(2, 3) * self.depth**-0.5, -1)
            attended = weights @ value
        else:
            attended = F.scaled_dot_product_attention(query, key, value)
        return self.out(attended.transpose(1, 2).reshape(x.shape[0], -1, self.heads * self.depth))


class FeedForward(nn.Sequential):
    def __init__(self, width: int, factor: int):
        super().__init__(nn.Linear(width, factor * width), nn.GELU(), nn.Linear(factor * width, width))


def zeroed(layer: nn.Module) -> nn.Module:
    """Starts a residual branch at zero, so that a fresh block is the identity."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer
