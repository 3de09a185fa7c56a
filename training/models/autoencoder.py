"""The autoencoder: images [batch, 3, height, width] in [-1, 1] <-> latents [batch, 4, height / 8, width / 8].

Like TAESD (github.com/madebyollin/taesd) it has no norm layers, so it works at any size. The decoder is the larger half: it draws
edges and small faces, and it runs once per image.
"""

from torch import Tensor, nn
from torch.nn import functional as F

from .layers import zeroed

LATENT_CHANNELS = 4
FACTOR = 8
WIDTHS = (32, 48, 64)
DECODER_WIDTHS = (64, 96, 160)
DECODER_BLOCKS = (3, 3, 3)


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, 1)


def upsample() -> nn.Upsample:
    return nn.Upsample(scale_factor=2.0, mode="nearest")


class Block(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.conv1 = conv(width, width)
        self.conv2 = zeroed(conv(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


class Encoder(nn.Module):
    """Image -> [batch, 8, h, w]: the means of the latents, then their log-variances."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(2), conv(12, a), Block(a),
            conv(a, b, 2), Block(b), Block(b),
            conv(b, 2 * c, 2), Block(2 * c), Block(2 * c), conv(2 * c, 2 * LATENT_CHANNELS),
        )  # fmt: skip

    def forward(self, image: Tensor) -> Tensor:
        return self.layers(image)

    def latents(self, image: Tensor) -> Tensor:
        """The means alone."""
        return self(image)[:, :LATENT_CHANNELS]


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        (a, b, c), (n, m, k) = DECODER_WIDTHS, DECODER_BLOCKS
        self.layers = nn.Sequential(
            conv(LATENT_CHANNELS, c), *(Block(c) for _ in range(k)), upsample(),
            conv(c, b), *(Block(b) for _ in range(m)), upsample(),
            conv(b, a), *(Block(a) for _ in range(n)), nn.ReLU(), conv(a, 12), nn.PixelShuffle(2),
        )  # fmt: skip

    def forward(self, latents: Tensor) -> Tensor:
        return self.layers(latents)
