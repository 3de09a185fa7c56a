"""Trains the autoencoder on crops of drawn images. `python -m training.train_autoencoder --minutes 15`"""

import math
import random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .learning.muon import muon_and_adamw
from .learning.ring_buffer import RingBuffer
from .learning.run import Run, parse_run_options, run_options
from .learning.scene_stream import Chunk, SceneStream, make_chunk
from .models.autoencoder import Decoder, Encoder

KL_WEIGHT = 3e-4
CROP = 96  # pixels; as good as whole images, for the networks are convolutions
FIRST_BATCHES = 4  # drawn before the first step
DRAW_EVERY = 3  # steps between batches of new images


def edges(image: Tensor) -> tuple[Tensor, Tensor]:
    """Differences of neighboring pixels, across and down."""
    return image[..., 1:] - image[..., :-1], image[..., 1:, :] - image[..., :-1, :]


def reconstruction_loss(output: Tensor, target: Tensor) -> Tensor:
    """L1 + MSE + how far the edges are off, which keeps outlines crisp. Images [batch, 3, height, width]."""
    across, down = ((a - b).abs().mean() for a, b in zip(edges(output), edges(target)))
    return F.l1_loss(output, target) + F.mse_loss(output, target) + 0.5 * (across + down)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """From the standard normal distribution, per latent (Kingma & Welling 2014, appendix B)."""
    return 0.5 * (mean * mean + log_variance.exp() - 1 - log_variance).mean()


def to_uint8(images: Tensor) -> Tensor:
    return ((images + 1) * 127.5).clamp(0, 255).round().byte()


def crops(images: Tensor, rng: random.Random) -> Tensor:
    """One random part of each image [batch, 3, height, width], uint8 -> [batch, 3, CROP, CROP] in [-1, 1]. Eight places a batch."""
    height, width = images.shape[-2:]
    parts = []
    for part in images.chunk(8):
        x, y = rng.randrange(0, width - CROP + 1, 2), rng.randrange(0, height - CROP + 1, 2)
        parts.append(part[:, :, y : y + CROP, x : x + CROP])
    return (torch.cat(parts).float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def psnr(encoder: Encoder, decoder: Decoder, device: str) -> tuple[float, float]:
    """Peak signal-to-noise ratio in decibels on fresh images: of all pixels, and of the objects."""
    images, masks = make_chunk(random.Random("psnr"), "square", 128).draw(device)
    output = torch.cat([decoder(encoder.latents(part)) for part in images.split(32)]).clamp(-1, 1)
    error = (output - images) ** 2
    errors = error.mean().item(), ((error * masks).sum() / (3 * masks.sum())).item()
    whole, objects = (10 * math.log10(4 / value) for value in errors)
    return whole, objects


def main() -> None:
    parser = run_options(__doc__, "autoencoder.pt")
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    parser.add_argument("--pool", type=int, default=24_000, help="images kept")
    options = parse_run_options(parser)
    encoder, decoder = Encoder(), Decoder()
    both = nn.ModuleList([encoder, decoder]).to(options.device, memory_format=torch.channels_last)
    outer = {*encoder.layers[1].parameters(), *encoder.layers[-1].parameters(),
             *decoder.layers[0].parameters(), *decoder.layers[-2].parameters()}  # fmt: skip
    optimizers = muon_and_adamw(both, outer, options.learning_rate)
    run = Run(options, {"encoder": encoder, "decoder": decoder}, optimizers, learning_rate=options.learning_rate, warm_up=100)
    stream = SceneStream(run.rng, options.batch, options.workers)

    pools = {size: RingBuffer(int(options.pool * share)) for size, share in (("square", 0.8), ("small", 0.2))}

    def add(chunk: Chunk) -> None:
        if chunk.size in pools:
            pools[chunk.size].add(to_uint8(chunk.draw(options.device)[0]))

    while any(pool.count == 0 for pool in pools.values()) or pools["square"].count < FIRST_BATCHES * options.batch:
        add(stream.get())
    parameters = list(both.parameters())
    for step in run.steps():
        if step % DRAW_EVERY == 0 and (chunk := stream.poll()):
            add(chunk)
        images = crops(*pools["small" if step % 8 == 0 else "square"].sample(options.batch), run.rng)
        with torch.autocast(options.device, dtype=torch.bfloat16):
            mean, log_variance = encoder(images).float().chunk(2, 1)
            log_variance = log_variance.clamp(-12, 6)
            output = decoder(mean + torch.randn_like(mean) * (log_variance * 0.5).exp())
        loss = reconstruction_loss(output.float(), images) + KL_WEIGHT * kl_divergence(mean, log_variance)
        both.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        run.record(loss)
    whole, objects = psnr(encoder.eval(), decoder.eval(), options.device)
    print(f"PSNR {whole:.1f} dB, of the objects {objects:.1f} dB", flush=True)


if __name__ == "__main__":
    main()
