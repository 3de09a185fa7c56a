"""TAESD-like autoencoder without norm layers, so that it works at any size: 8x8 pixels <-> one 4-channel latent.

Pictures are [batch, 3, height, width] in [-1, 1]; latents [batch, 4, height/8, width/8].
"""

from torch import Tensor, nn
from torch.nn import functional as F

from .layers import zeroed

LATENT_CHANNELS = 4
FACTOR = 8
WIDTHS = (32, 48, 64)


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, 1)


class Block(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.conv1 = conv(width, width)
        self.conv2 = zeroed(conv(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


def upsample() -> nn.Upsample:
    return nn.Upsample(scale_factor=2.0, mode="nearest")


class Encoder(nn.Module):
    """Picture -> latent distribution: [batch, 8, h, w], four means then four log-variances."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(2), conv(12, a), Block(a),
            conv(a, b, 2), Block(b), Block(b),
            conv(b, c, 2), Block(c), Block(c), conv(c, 2 * LATENT_CHANNELS),
        )  # fmt: skip

    def forward(self, picture: Tensor) -> Tensor:
        return self.layers(picture)


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.layers = nn.Sequential(
            conv(LATENT_CHANNELS, c), Block(c), Block(c), upsample(),
            conv(c, b), Block(b), Block(b), upsample(),
            conv(b, a), Block(a), Block(a), nn.ReLU(), conv(a, 12), nn.PixelShuffle(2),
        )  # fmt: skip

    def forward(self, latent: Tensor) -> Tensor:
        return self.layers(latent)
