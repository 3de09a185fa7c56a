"""Trains the text encoder and the UNet on latents. `python -m training.train --minutes 180`

To improve the weights of an exported folder: `python -m training.train --resume-from <folder> --minutes 10`. The same command again
continues an unfinished run from its checkpoint.
"""

import copy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .exporting.folder import Model, read_folder
from .learning.captured_step import CapturedStep
from .learning.checkpoint import WORK, load_checkpoint
from .learning.muon import muon_and_adamw
from .learning.ring_buffer import RingBuffer
from .learning.run import Run, parse_run_options, run_options
from .learning.scene_stream import CAPTIONS, Chunk, SceneStream, choose_size
from .models.autoencoder import FACTOR, Decoder, Encoder
from .models.denoiser import Denoiser
from .models.noise_schedule import STEPS, alphas_cumprod
from .models.tokenizer import tokenizer
from .scenes.sizes import SHARES

CAPTION_DROPOUT = 0.1  # captions replaced by nothing, for classifier-free guidance
OBJECT_WEIGHT = 4.0  # objects weigh this much more than the background
EMA_DECAY = 0.998
FIRST_BATCHES = 16  # drawn before the first step
DRAW_EVERY = 4  # steps between batches of new images: each is used about four times, with one of its captions


def optimizers_for(denoiser: Denoiser, learning_rate: float, *, captured: bool) -> list[torch.optim.Optimizer]:
    unet, text = denoiser.unet, denoiser.text_encoder
    edges = {*unet.conv_in.parameters(), *unet.conv_out.parameters(), *text.tokens.parameters(), text.positions}
    return muon_and_adamw(denoiser, edges, learning_rate, captured=captured)


def velocity_loss(denoiser: nn.Module, latents: Tensor, masks: Tensor, ids: Tensor, alphas: Tensor) -> Tensor:
    """Weighted squared error of the velocity (v-prediction, Salimans & Ho 2022): with signal share a, noise e and latents x,
    x_t = sqrt(a) x + sqrt(1 - a) e and v = sqrt(a) e - sqrt(1 - a) x.

    Latents [batch, 4, h, w] of unit variance, masks [batch, 1, h, w], caption ids [batch, length]. Timesteps are stratified: one in
    each `batch`-th part of the schedule.
    """
    batch, device = len(latents), latents.device
    shares = (torch.arange(batch, device=device) + torch.rand(batch, device=device)) / batch
    timesteps = (shares * STEPS).long().clamp(0, STEPS - 1)
    alpha = alphas[timesteps][:, None, None, None]
    noise = torch.randn_like(latents)
    noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    velocity = alpha.sqrt() * noise - (1 - alpha).sqrt() * latents
    with torch.autocast(device.type, dtype=torch.bfloat16, cache_enabled=False):  # every weight is used once, and graphs need it
        output = denoiser(noisy.contiguous(memory_format=torch.channels_last), timesteps, ids)
    weight = 1 + OBJECT_WEIGHT * masks
    return ((output.float() - velocity) ** 2 * weight).mean() / weight.mean()


class LatentPools:
    """Encoded images with their masks and captions, a pool for each size."""

    def __init__(self, encoder: Encoder, capacity: int, device: str):
        self.encoder, self.device = encoder, device
        self.dtype = torch.float32 if device == "cpu" else torch.bfloat16
        self.pools = {size: RingBuffer(max(1, int(capacity * share))) for size, share in SHARES.items()}

    @torch.no_grad()
    def add(self, chunk: Chunk) -> int:
        """How many images were added."""
        images, masks = chunk.draw(self.device)
        with torch.autocast(self.device, dtype=torch.bfloat16):
            latents = self.encoder.latents(images.contiguous(memory_format=torch.channels_last))
        masks = F.avg_pool2d(masks, FACTOR)
        self.pools[chunk.size].add(latents.to(self.dtype), masks.to(self.dtype), chunk.captions(self.device))
        return len(images)

    def fill(self, stream: SceneStream, count: int) -> None:
        """At least `count` images in all, or full pools, and something in each."""

        def filled() -> bool:
            wanted = (min(pool.capacity, max(1, int(count * SHARES[size]))) for size, pool in self.pools.items())
            return all(pool.count >= least for pool, least in zip(self.pools.values(), wanted))

        while not filled():
            self.add(stream.get())

    def sample(self, size: str, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Latents, masks, and the ids of one caption of each."""
        latents, masks, ids = self.pools[size].sample(count)
        which = torch.randint(CAPTIONS, (count,), device=self.device)
        return latents.float(), masks.float(), ids[torch.arange(count, device=self.device), which].long()


def fresh_model(autoencoder: Path) -> Model:
    """An untrained denoiser; its scaling factor is still to be measured."""
    model, modules = Model(Encoder(), Decoder(), Denoiser(), 0.0), load_checkpoint(autoencoder)["modules"]
    model.encoder.load_state_dict(modules["encoder"])
    model.decoder.load_state_dict(modules["decoder"])
    return model


def main() -> None:
    parser = run_options(__doc__, "diffusion.pt")
    parser.add_argument("--resume-from", type=Path, help="an exported folder: begin with its weights and its autoencoder")
    parser.add_argument("--autoencoder", type=Path, default=WORK / "autoencoder.pt", help="what train_autoencoder left")
    parser.add_argument("--learning-rate", type=float, help="at its peak (default: 2e-3, or 7e-4 to improve a folder)")
    parser.add_argument("--pool", type=int, default=120_000, help="images kept encoded")
    options = parse_run_options(parser)
    device = options.device
    learning_rate = options.learning_rate or (7e-4 if options.resume_from else 2e-3)

    model = read_folder(options.resume_from) if options.resume_from else fresh_model(options.autoencoder)
    encoder, denoiser = model.encoder, model.denoiser
    encoder.to(device, memory_format=torch.channels_last).eval()
    denoiser.to(device).train().unet.to(memory_format=torch.channels_last)
    average = copy.deepcopy(denoiser).eval().requires_grad_(False)
    optimizers = optimizers_for(denoiser, learning_rate, captured=device != "cpu")
    modules = {"denoiser": denoiser, "average": average, "encoder": encoder, "decoder": model.decoder}
    run = Run(options, modules, optimizers, learning_rate=learning_rate, warm_up=200)
    stream = SceneStream(run.rng, options.batch, options.workers)

    pools = LatentPools(encoder, options.pool, device)
    pools.fill(stream, FIRST_BATCHES * options.batch)
    if "scaling_factor" not in run.facts:
        run.facts["scaling_factor"] = model.scaling_factor or 1 / pools.pools["square"].all()[0].float().std().item()
        run.facts |= {"images_before": model.history.get("imagesSeen", 0), "images_seen": 0, "images_drawn": 0}
    scale = run.facts["scaling_factor"]
    alphas = alphas_cumprod().float().to(device)
    no_caption = torch.tensor(tokenizer().encode(""), device=device)
    trained, averaged = list(denoiser.parameters()), list(average.parameters())

    def train_step(latents: Tensor, masks: Tensor, ids: Tensor) -> Tensor:
        loss = velocity_loss(denoiser, latents, masks, ids, alphas)
        denoiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        return loss.detach()

    captured_step = CapturedStep(train_step, device)
    for step in run.steps():
        if step % DRAW_EVERY == 0 and (chunk := stream.poll()):
            run.facts["images_drawn"] += pools.add(chunk)
        latents, masks, ids = pools.sample(choose_size(run.rng), options.batch)
        dropped = torch.rand(len(ids), 1, device=device) < CAPTION_DROPOUT
        run.record(captured_step(latents * scale, masks, torch.where(dropped, no_caption, ids)))
        decay = min(EMA_DECAY, (1 + step) / (10 + step))
        torch._foreach_lerp_(averaged, trained, 1 - decay)
        run.facts["images_seen"] += options.batch


if __name__ == "__main__":
    main()
