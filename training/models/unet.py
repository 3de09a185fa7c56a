"""The denoising UNet (Ronneberger et al. 2015; Rombach et al. 2022), with the inputs and outputs of diffusers' ONNX folders:
(`sample` [batch, 4, h, w], `timestep` [batch], `encoder_hidden_states` [batch, words, width]) -> `out_sample` [batch, 4, h, w],
the velocity v (Salimans & Ho 2022, appendix D).

Three levels: convolutions at h x w; convolutions with self- and cross-attention at h/2 x w/2 and at h/4 x w/4, where most of the
parameters are. h and w are multiples of four.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .autoencoder import LATENT_CHANNELS
from .layers import Attention, FeedForward, GroupNorm, LayerNorm, zeroed
from .text_encoder import TEXT_WIDTH

GROUPS = 16
FREQUENCIES = 32
WIDTHS = (64, 192, 224)
BLOCKS = (2, 2, 1)  # a level has as many on the way up as on the way down
HEADS = 4
TIME_WIDTH = 256


class ResidualBlock(nn.Module):
    """Two convolutions; the time embedding scales and shifts between them."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.norm1 = GroupNorm(GROUPS, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1, 1)
        self.time = nn.Linear(TIME_WIDTH, 2 * outputs)
        self.norm2 = GroupNorm(GROUPS, outputs)
        self.conv2 = zeroed(nn.Conv2d(outputs, outputs, 3, 1, 1))
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        hidden = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.time(time)[:, :, None, None].chunk(2, 1)
        hidden = self.conv2(F.silu(self.norm2(hidden) * (1 + scale) + shift))
        return self.skip(x) + hidden


class TransformerBlock(nn.Module):
    """Every position attends to the other positions, then to the words."""

    def __init__(self, width: int):
        super().__init__()
        self.norm = GroupNorm(GROUPS, width)
        self.norm1 = LayerNorm(width)
        self.self_attention = Attention(width, HEADS)
        self.norm2 = LayerNorm(width)
        self.cross_attention = Attention(width, HEADS, TEXT_WIDTH)
        self.norm3 = LayerNorm(width)
        self.feed_forward = FeedForward(width, 2)
        self.out = zeroed(nn.Linear(width, width))

    def forward(self, x: Tensor, words: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        y = self.norm(x).flatten(2).transpose(1, 2)
        y = y + self.self_attention(self.norm1(y))
        y = y + self.cross_attention(self.norm2(y), words)
        y = y + self.feed_forward(self.norm3(y))
        return x + self.out(y).transpose(1, 2).reshape(batch, channels, height, width)


class Level(nn.ModuleList):
    """Residual blocks, each followed by attention if the level has any."""

    def __init__(self, inputs: int, width: int, count: int, *, attention: bool):
        super().__init__(
            nn.ModuleList([ResidualBlock(inputs, width), *([TransformerBlock(width)] if attention else [])]) for _ in range(count)
        )

    def down(self, x: Tensor, time: Tensor, words: Tensor, skips: list[Tensor]) -> Tensor:
        for block, *attention in self:
            x = block(x, time)
            for attend in attention:
                x = attend(x, words)
            skips.append(x)
        return x

    def up(self, x: Tensor, time: Tensor, words: Tensor, skips: list[Tensor]) -> Tensor:
        for block, *attention in self:
            x = block(torch.cat([x, skips.pop()], 1), time)
            for attend in attention:
                x = attend(x, words)
        return x


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.time = nn.Sequential(nn.Linear(2 * FREQUENCIES, TIME_WIDTH), nn.SiLU(), nn.Linear(TIME_WIDTH, TIME_WIDTH))
        self.pooled_text = nn.Linear(TEXT_WIDTH, TIME_WIDTH)
        self.conv_in = nn.Conv2d(LATENT_CHANNELS, a, 3, 1, 1)
        attends = [(width, count, width != a) for width, count in zip(WIDTHS, BLOCKS)]
        self.down_levels = nn.ModuleList(Level(width, width, count, attention=attention) for width, count, attention in attends)
        self.up_levels = nn.ModuleList(
            Level(2 * width, width, count, attention=attention) for width, count, attention in attends[::-1]
        )
        self.downsamplers = nn.ModuleList([nn.Conv2d(a, b, 3, 2, 1), nn.Conv2d(b, c, 3, 2, 1)])
        self.upsamplers = nn.ModuleList([nn.Conv2d(c, b, 3, 1, 1), nn.Conv2d(b, a, 3, 1, 1)])
        self.middle = ResidualBlock(c, c)
        self.middle_attention = TransformerBlock(c)
        self.norm_out = GroupNorm(GROUPS, a)
        self.conv_out = zeroed(nn.Conv2d(a, LATENT_CHANNELS, 3, 1, 1))
        self.register_buffer("frequencies", torch.exp(-math.log(10000) * torch.arange(FREQUENCIES) / FREQUENCIES))

    def embed_time(self, timestep: Tensor, words: Tensor) -> Tensor:
        """Sinusoidal embedding (Vaswani et al. 2017) of the timestep, plus the mean of the words. [batch, TIME_WIDTH]"""
        angles = timestep.float()[:, None] * self.frequencies[None]
        return F.silu(self.time(torch.cat([angles.cos(), angles.sin()], 1)) + self.pooled_text(words.mean(1)))

    def forward(self, sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor) -> Tensor:
        words, skips = encoder_hidden_states, []
        time = self.embed_time(timestep, words)
        x = self.conv_in(sample)
        for level, downsample in zip(self.down_levels, [*self.downsamplers, nn.Identity()]):
            x = downsample(level.down(x, time, words, skips))
        x = self.middle_attention(self.middle(x, time), words)
        for n, level in enumerate(self.up_levels):
            if n > 0:
                x = self.upsamplers[n - 1](F.interpolate(x, scale_factor=2.0, mode="nearest"))
            x = level.up(x, time, words, skips)
        return self.conv_out(F.silu(self.norm_out(x)))
