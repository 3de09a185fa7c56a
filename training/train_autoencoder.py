"""Trains the autoencoder. `python -m training.train_autoencoder --minutes 8`

With `--init-from` the decoder (and the encoder, if the folder has one) starts from those weights. A decoder without its
encoder stays as it is for the first half of the run, so that the new encoder learns the latents which that folder's
denoiser already knows.
"""

import math
import random
import time

import torch
from torch import Tensor
from torch.nn import functional as F

from .checkpoint import load_checkpoint, random_state, restore_random_state, save_checkpoint
from .models.autoencoder import Decoder, Encoder
from .onnx_weights import load_network
from .render import render
from .sample_scene import sample_scene
from .train_options import progress_of, training_options

LEARNING_RATE = 1.5e-3
KL_WEIGHT = 3e-4
CROP = 64


def random_crops(rng: random.Random, scenes: int, device: str) -> Tensor:
    """Two crops of each picture: cheaper than whole ones and as good, for the networks are convolutions."""
    pictures, _ = render([sample_scene(rng) for _ in range(scenes)], device=device)
    crops = []
    for _ in range(2):
        x, y = (rng.randrange(0, pictures.shape[-1] - CROP + 1, 2) for _ in range(2))
        crops.append(pictures[:, :, y : y + CROP, x : x + CROP])
    return torch.cat(crops)


def edges(picture: Tensor) -> tuple[Tensor, Tensor]:
    return picture[..., 1:] - picture[..., :-1], picture[..., 1:, :] - picture[..., :-1, :]


def reconstruction_loss(output: Tensor, target: Tensor) -> Tensor:
    """L1 + MSE + how far the edges are off, which keeps outlines crisp."""
    edge = sum(((a - b).abs().mean() for a, b in zip(edges(output), edges(target))), torch.zeros((), device=output.device))
    return F.l1_loss(output, target) + F.mse_loss(output, target) + 0.5 * edge


def psnr(encoder: Encoder, decoder: Decoder, seed: int, device: str) -> float:
    """Peak signal-to-noise ratio in decibels on fresh pictures."""
    rng = random.Random(seed)
    pictures, _ = render([sample_scene(rng) for _ in range(64)], device=device)
    with torch.no_grad():
        output = decoder(encoder(pictures)[:, :4]).clamp(-1, 1)
    return 10 * math.log10(4 / F.mse_loss(output, pictures).item())


def main() -> None:
    options = training_options("Trains the autoencoder.", "autoencoder.pt").parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    device = options.device
    encoder, decoder = Encoder(), Decoder()
    decoder_first_fixed = False
    if options.init_from:
        load_network(decoder, "vae_decoder", options.init_from)
        decoder_first_fixed = not (options.init_from / "vae_encoder").exists()
        if not decoder_first_fixed:
            load_network(encoder, "vae_encoder", options.init_from)
    encoder.to(device), decoder.to(device)
    optimizer = torch.optim.AdamW(
        [{"params": encoder.parameters()}, {"params": decoder.parameters()}], lr=LEARNING_RATE, betas=(0.9, 0.99), weight_decay=1e-4
    )
    progress = progress_of(options)
    if options.checkpoint.exists() and not options.restart:
        saved = load_checkpoint(options.checkpoint)
        encoder.load_state_dict(saved["encoder"]), decoder.load_state_dict(saved["decoder"])
        optimizer.load_state_dict(saved["optimizer"])
        progress.step, progress.seconds = saved["step"], saved["seconds"]
        restore_random_state(rng, saved["random"])

    def save() -> None:
        save_checkpoint(
            options.checkpoint,
            {"encoder": encoder.state_dict(), "decoder": decoder.state_dict(), "optimizer": optimizer.state_dict(),
             "step": progress.step, "seconds": progress.seconds, "random": random_state(rng)},
        )  # fmt: skip

    begun = time.monotonic()
    progress.start_clock()
    while progress.share < 1 and not (options.slice_minutes and time.monotonic() - begun > options.slice_minutes * 60):
        rate = LEARNING_RATE * min(1, (progress.step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * progress.share))
        optimizer.param_groups[0]["lr"] = rate
        optimizer.param_groups[1]["lr"] = 0.0 if decoder_first_fixed and progress.share < 0.5 else rate
        pictures = random_crops(rng, 16, device)
        with torch.autocast(device, dtype=torch.bfloat16):
            mean, log_variance = encoder(pictures).float().chunk(2, 1)
            log_variance = log_variance.clamp(-12, 6)
            output = decoder(mean + torch.randn_like(mean) * (log_variance * 0.5).exp())
        divergence = 0.5 * (mean * mean + log_variance.exp() - 1 - log_variance).mean()
        loss = reconstruction_loss(output.float(), pictures) + KL_WEIGHT * divergence
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*encoder.parameters(), *decoder.parameters()], 1.0)
        optimizer.step()
        progress.advance()
        if progress.step % 50 == 0:
            print(f"step {progress.step}  {progress.seconds:.0f} s  {progress.share:.0%}  loss {loss.item():.4f}  "
                  f"latent std {mean.std().item():.3f}", flush=True)  # fmt: skip
        if progress.step % 200 == 0:
            save()
    save()
    print(f"{progress.step} steps, PSNR {psnr(encoder, decoder, 12345, device):.1f} dB", flush=True)


if __name__ == "__main__":
    main()
