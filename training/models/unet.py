"""The denoiser, diffusers-shaped: (`sample` [batch, 4, h, w], `timestep` [batch], `encoder_hidden_states`
[batch, words, width]) -> `out_sample` [batch, 4, h, w], the velocity v (Salimans & Ho 2022, appendix D).

Two levels: convolutions at h x w, convolutions with self- and cross-attention at h/2 x w/2. Heights and widths are even.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layers import Attention, FeedForward, GroupNorm, LayerNorm, zeroed

GROUPS = 16
FREQUENCIES = 32


class ResidualBlock(nn.Module):
    """Two convolutions; the time embedding scales and shifts between them."""

    def __init__(self, inputs: int, outputs: int, time_width: int):
        super().__init__()
        self.norm1 = GroupNorm(GROUPS, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1, 1)
        self.time = nn.Linear(time_width, 2 * outputs)
        self.norm2 = GroupNorm(GROUPS, outputs)
        self.conv2 = zeroed(nn.Conv2d(outputs, outputs, 3, 1, 1))
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        hidden = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.time(time)[:, :, None, None].chunk(2, 1)
        hidden = self.conv2(F.silu(self.norm2(hidden) * (1 + scale) + shift))
        return self.skip(x) + hidden


class TransformerBlock(nn.Module):
    """Every place looks at the other places, then at the words."""

    def __init__(self, width: int, context_width: int, heads: int = 4):
        super().__init__()
        self.norm = GroupNorm(GROUPS, width)
        self.norm1 = LayerNorm(width)
        self.self_attention = Attention(width, heads)
        self.norm2 = LayerNorm(width)
        self.cross_attention = Attention(width, heads, context_width)
        self.norm3 = LayerNorm(width)
        self.feed_forward = FeedForward(width, 2)
        self.out = zeroed(nn.Linear(width, width))

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        y = self.norm(x).flatten(2).transpose(1, 2)
        y = y + self.self_attention(self.norm1(y))
        y = y + self.cross_attention(self.norm2(y), context)
        y = y + self.feed_forward(self.norm3(y))
        return x + self.out(y).transpose(1, 2).reshape(batch, channels, height, width)


class UNet(nn.Module):
    def __init__(self, widths: tuple[int, int] = (48, 96), context_width: int = 128, channels: int = 4, time_width: int = 256):
        super().__init__()
        a, b = widths
        self.time = nn.Sequential(nn.Linear(2 * FREQUENCIES, time_width), nn.SiLU(), nn.Linear(time_width, time_width))
        self.pooled_text = nn.Linear(context_width, time_width)
        self.conv_in = nn.Conv2d(channels, a, 3, 1, 1)
        self.down1 = ResidualBlock(a, a, time_width)
        self.down2 = ResidualBlock(a, a, time_width)
        self.downsample = nn.Conv2d(a, b, 3, 2, 1)
        self.down3 = ResidualBlock(b, b, time_width)
        self.down3_words = TransformerBlock(b, context_width)
        self.down4 = ResidualBlock(b, b, time_width)
        self.down4_words = TransformerBlock(b, context_width)
        self.middle1 = ResidualBlock(b, b, time_width)
        self.middle_words = TransformerBlock(b, context_width)
        self.middle2 = ResidualBlock(b, b, time_width)
        self.up4 = ResidualBlock(2 * b, b, time_width)
        self.up4_words = TransformerBlock(b, context_width)
        self.up3 = ResidualBlock(2 * b, b, time_width)
        self.up3_words = TransformerBlock(b, context_width)
        self.upsample = nn.Conv2d(b, a, 3, 1, 1)
        self.up2 = ResidualBlock(2 * a, a, time_width)
        self.up1 = ResidualBlock(2 * a, a, time_width)
        self.norm_out = GroupNorm(GROUPS, a)
        self.conv_out = zeroed(nn.Conv2d(a, channels, 3, 1, 1))
        self.register_buffer("frequencies", torch.exp(-math.log(10000) * torch.arange(FREQUENCIES) / FREQUENCIES))

    def forward(self, sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor) -> Tensor:
        words = encoder_hidden_states
        angles = timestep.float()[:, None] * self.frequencies[None]
        time = F.silu(self.time(torch.cat([angles.cos(), angles.sin()], 1)) + self.pooled_text(words.mean(1)))
        x = self.conv_in(sample)
        skip1 = self.down1(x, time)
        skip2 = self.down2(skip1, time)
        x = self.downsample(skip2)
        skip3 = self.down3_words(self.down3(x, time), words)
        skip4 = self.down4_words(self.down4(skip3, time), words)
        x = self.middle2(self.middle_words(self.middle1(skip4, time), words), time)
        x = self.up4_words(self.up4(torch.cat([x, skip4], 1), time), words)
        x = self.up3_words(self.up3(torch.cat([x, skip3], 1), time), words)
        x = self.upsample(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        x = self.up2(torch.cat([x, skip2], 1), time)
        x = self.up1(torch.cat([x, skip1], 1), time)
        return self.conv_out(F.silu(self.norm_out(x)))
