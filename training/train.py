"""Trains text encoder and UNet on latents. `python -m training.train_diffusion --minutes 95`

The learning rate falls linearly to zero over the whole run. That matters more than anything else: judge a model only after
its run has come to the end (shapes went from 29 % to 94 % in the last third of one).
"""

import copy
import json
import random
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from .checkpoint import WORK, load_checkpoint, random_state, restore_random_state, save_checkpoint
from .latent_pool import LatentPool
from .models.autoencoder import Encoder
from .models.text_encoder import TextEncoder
from .models.unet import UNet
from .muon import Muon
from .noise_schedule import STEPS, alphas_cumprod
from .onnx_weights import load_network
from .text_weights import load_text_encoder
from .tokenizer import encode, vocabulary_ids
from .train_options import progress_of, training_options

LEARNING_RATE = 1.5e-3
WARM_UP_STEPS = 150
CAPTION_DROPOUT = 0.1
THING_WEIGHT = 4.0
EMA_DECAY = 0.998
# One batch in eight is wide and one tall; the rest are square. Sides are multiples of 16 pixels.
SIZES = ((128, 128), (160, 96), (96, 160))
TURNS = (0, 0, 0, 1, 0, 0, 0, 2)


class Denoiser(nn.Module):
    """Both trained networks as one, so that one optimizer and one average hold them."""

    def __init__(self) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(len(vocabulary_ids()))
        self.unet = UNet()

    def forward(self, latents: Tensor, timesteps: Tensor, ids: Tensor) -> Tensor:
        return self.unet(latents, timesteps, self.text_encoder(ids))


def optimizers_for(denoiser: Denoiser, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Muon for what is a matrix between hidden features; AdamW for the rest: embeddings, biases, norms, first and last layer."""
    unet = denoiser.unet
    edges = {*unet.conv_in.parameters(), *unet.conv_out.parameters(), *denoiser.text_encoder.tokens.parameters(),
             denoiser.text_encoder.positions}  # fmt: skip
    hidden = [weight for weight in denoiser.parameters() if weight.ndim >= 2 and weight not in edges]
    chosen = set(hidden)
    rest = [weight for weight in denoiser.parameters() if weight not in chosen]
    return [
        Muon(hidden, lr=learning_rate),
        torch.optim.AdamW(rest, lr=learning_rate, betas=(0.9, 0.99), weight_decay=0.01),
    ]


def velocity_loss(denoiser: Denoiser, latents: Tensor, masks: Tensor, ids: Tensor, alphas: Tensor) -> Tensor:
    """Weighted squared error of v = sqrt(a) noise - sqrt(1 - a) latent (Salimans & Ho 2022), timesteps stratified."""
    batch = len(latents)
    timesteps = ((torch.arange(batch) + torch.rand(batch)) / batch * STEPS).long().clamp(0, STEPS - 1).to(latents.device)
    alpha = alphas[timesteps][:, None, None, None]
    noise = torch.randn(latents.shape).to(latents.device)
    noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    velocity = alpha.sqrt() * noise - (1 - alpha).sqrt() * latents
    with torch.autocast(latents.device.type, dtype=torch.bfloat16):
        output = denoiser(noisy, timesteps, ids)
    weight = 1 + THING_WEIGHT * masks
    return ((output.float() - velocity) ** 2 * weight).mean() / weight.mean()


def initial_scale(folder: Path | None, pool: LatentPool) -> float:
    """What brings latents to unit variance: the folder's own factor, or measured."""
    config = folder / "vae_decoder" / "config.json" if folder else None
    if config and config.exists():
        return float(json.loads(config.read_text())["scaling_factor"])
    return 1 / pool.latents[: len(pool.scenes)].std().item()


def pictures_before(folder: Path | None) -> int:
    """How many pictures the folder's weights had seen already, as its export noted."""
    note = folder / "training.json" if folder else None
    return int(json.loads(note.read_text())["picturesSeen"]) if note and note.exists() else 0


def main() -> None:
    parser = training_options("Trains text encoder and UNet.", "diffusion.pt")
    parser.add_argument("--autoencoder", type=Path, default=WORK / "autoencoder.pt")
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE, help="at its peak; a third of the default to polish")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--pool", type=int, default=60_000, help="pictures kept encoded")
    parser.add_argument("--first-pool", type=int, default=8_000, help="pictures drawn before the first step")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    device = options.device

    encoder = Encoder()
    encoder.load_state_dict(load_checkpoint(options.autoencoder)["encoder"])
    encoder.to(device).eval()
    denoiser = Denoiser()
    if options.init_from:
        load_network(denoiser.unet, "unet", options.init_from)
        load_text_encoder(denoiser.text_encoder, options.init_from)
    denoiser.to(device).train()
    average = copy.deepcopy(denoiser).requires_grad_(False)
    optimizers = optimizers_for(denoiser, options.learning_rate)
    progress = progress_of(options)
    saved = load_checkpoint(options.checkpoint) if options.checkpoint.exists() and not options.restart else None
    seen, before = 0, pictures_before(options.init_from)
    if saved:
        denoiser.load_state_dict(saved["denoiser"]), average.load_state_dict(saved["average"])
        for optimizer, state in zip(optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        progress.step, progress.seconds, seen = saved["step"], saved["seconds"], saved["pictures_seen"]
        before = saved.get("pictures_before", before)

    # A slice begins with a pool of its own, drawn by seed and step: repeatable, and never the same pictures again.
    rng = random.Random(f"{options.seed}-{progress.step}")
    shares = [TURNS.count(turn) / len(TURNS) for turn in range(len(SIZES))]
    pools = [LatentPool(encoder, size, int(options.pool * share), device) for size, share in zip(SIZES, shares)]
    for pool, share in zip(pools, shares):
        for _ in range(int(options.first_pool * share) // 50):
            pool.add(50, rng)
    scale = saved["scaling_factor"] if saved else initial_scale(options.init_from, pools[0])
    spread = pools[0].latents[: len(pools[0].scenes)].std().item() * scale
    print(f"pool ready, latents scaled by {scale:.4f} have standard deviation {spread:.3f}", flush=True)
    if saved:
        restore_random_state(rng, saved["random"])

    def save() -> None:
        save_checkpoint(
            options.checkpoint,
            {"denoiser": denoiser.state_dict(), "average": average.state_dict(),
             "optimizers": [optimizer.state_dict() for optimizer in optimizers], "learning_rate": options.learning_rate,
             "step": progress.step, "seconds": progress.seconds, "pictures_seen": seen, "pictures_before": before,
             "scaling_factor": scale, "share": progress.share, "random": random_state(rng)},
        )  # fmt: skip

    alphas = alphas_cumprod().float().to(device)
    nothing = torch.tensor(encode(""), device=device)
    groups = [group for optimizer in optimizers for group in optimizer.param_groups]
    trained, averaged = list(denoiser.parameters()), list(average.parameters())
    smooth_loss, begun, last_saved = None, time.monotonic(), time.monotonic()
    progress.start_clock()
    while progress.share < 1 and not (options.slice_minutes and time.monotonic() - begun > options.slice_minutes * 60):
        for group in groups:
            group["lr"] = options.learning_rate * min(1, (progress.step + 1) / WARM_UP_STEPS) * (1 - progress.share)
        pool = pools[TURNS[progress.step % len(TURNS)]]
        pool.add(options.batch // 8, rng)
        latents, masks, ids = pool.draw(options.batch, rng)
        ids[torch.rand(len(ids)) < CAPTION_DROPOUT] = nothing
        loss = velocity_loss(denoiser, latents * scale, masks, ids, alphas)
        denoiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        progress.advance()
        seen += options.batch
        decay = min(EMA_DECAY, (1 + progress.step) / (10 + progress.step))
        with torch.no_grad():
            torch._foreach_lerp_(averaged, trained, 1 - decay)
        smooth_loss = loss.item() if smooth_loss is None else 0.98 * smooth_loss + 0.02 * loss.item()
        if progress.step % 50 == 0:
            print(f"step {progress.step}  {progress.seconds:.0f} s  {progress.share:.1%}  loss {smooth_loss:.4f}  "
                  f"{seen} pictures, {options.batch * progress.step / progress.seconds:.0f} a second", flush=True)  # fmt: skip
        if time.monotonic() - last_saved > 120:
            save()
            last_saved = time.monotonic()
    save()
    print(f"{'finished' if progress.share >= 1 else 'slice done'}: {progress.step} steps, {seen} pictures", flush=True)


if __name__ == "__main__":
    main()
