"""Text encoder and UNet as one network: what `train` trains with one optimizer and averages with one EMA."""

from torch import Tensor, nn

from .text_encoder import TextEncoder
from .tokenizer import tokenizer
from .unet import UNet


class Denoiser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(len(tokenizer().ids))
        self.unet = UNet()

    def forward(self, latents: Tensor, timesteps: Tensor, ids: Tensor) -> Tensor:
        """Noisy latents [batch, 4, h, w], timesteps [batch], caption ids [batch, length] -> velocity [batch, 4, h, w]."""
        return self.unet(latents, timesteps, self.text_encoder(ids))
