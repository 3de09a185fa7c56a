"""CLIP-shaped text encoder (Radford et al. 2021): `input_ids` [batch, length] -> `last_hidden_state` [batch, length, width]."""

import torch
from torch import Tensor, nn

from .layers import Attention, FeedForward, LayerNorm
from .tokenizer import LENGTH

TEXT_WIDTH = 192


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm1 = LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm2 = LayerNorm(width)
        self.feed_forward = FeedForward(width, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.feed_forward(self.norm2(x))


class TextEncoder(nn.Module):
    def __init__(self, vocabulary_size: int, length: int = LENGTH, width: int = TEXT_WIDTH, blocks: int = 3, heads: int = 4):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary_size, width)
        self.positions = nn.Parameter(torch.randn(length, width) * 0.02)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(blocks)])
        self.norm = LayerNorm(width)

    def forward(self, input_ids: Tensor) -> Tensor:
        x = self.tokens(input_ids) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.norm(x)
