"""A pool of encoded pictures, kept fresh: drawing and encoding a picture costs about a third of training on it, so each is
used a few times (with a new caption every time) before newer ones take its place."""

import random

import torch
from torch import Tensor
from torch.nn import functional as F

from .caption import caption
from .models.autoencoder import FACTOR, LATENT_CHANNELS, Encoder
from .render import aspect_of, render
from .sample_scene import sample_scene
from .scene import Scene
from .tokenizer import encode


class LatentPool:
    def __init__(self, encoder: Encoder, size: tuple[int, int], capacity: int, device: str):
        self.encoder, self.size, self.device = encoder, size, device
        width, height = (side // FACTOR for side in size)
        self.latents = torch.empty(capacity, LATENT_CHANNELS, height, width, device=device)
        self.masks = torch.empty(capacity, 1, height, width, device=device)
        self.scenes: list[Scene] = []
        self.next = 0

    def add(self, count: int, rng: random.Random) -> None:
        """Draws `count` new scenes; they replace the oldest once the pool is full."""
        scenes = [sample_scene(rng, aspect_of(*self.size)) for _ in range(count)]
        with torch.no_grad(), torch.autocast(self.device, dtype=torch.bfloat16):
            pictures, masks = render(scenes, *self.size, device=self.device)
            latents = self.encoder(pictures).float()[:, :LATENT_CHANNELS]
        for n, scene in enumerate(scenes):
            if len(self.scenes) < len(self.latents):
                self.scenes.append(scene)
            else:
                self.scenes[self.next] = scene
            self.latents[self.next] = latents[n]
            self.masks[self.next] = F.avg_pool2d(masks[n], FACTOR)
            self.next = (self.next + 1) % len(self.latents)

    def draw(self, count: int, rng: random.Random) -> tuple[Tensor, Tensor, Tensor]:
        """Latents, masks and caption ids of `count` random pictures."""
        chosen = [rng.randrange(len(self.scenes)) for _ in range(count)]
        ids = torch.tensor([encode(caption(self.scenes[n], rng)) for n in chosen], device=self.device)
        return self.latents[chosen], self.masks[chosen], ids
