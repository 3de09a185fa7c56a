"""An endless stream of random scenes, as plans for the renderer with a few captions each, made by other processes if there are any."""

import multiprocessing
import random
from dataclasses import dataclass
from queue import Empty

import numpy as np
import torch
from torch import Tensor

from ..models.tokenizer import LENGTH, tokenizer
from ..rendering.render import Plan, aspect_of, draw, plan
from ..scenes.caption import caption
from ..scenes.sample import sample_scene
from ..scenes.sizes import SHARES, SIZES

CAPTIONS = 4


@dataclass
class Chunk:
    """Scenes for one size, and their captions' token ids [scenes, CAPTIONS, LENGTH]."""

    size: str
    plan: Plan
    ids: np.ndarray

    def draw(self, device: str) -> tuple[Tensor, Tensor]:
        """Images [scenes, 3, height, width] in [-1, 1], and masks [scenes, 1, height, width] of the objects in them."""
        return draw(self.plan, *SIZES[self.size], device)

    def captions(self, device: str) -> Tensor:
        return torch.from_numpy(self.ids).to(device)


def make_chunk(rng: random.Random, size: str, count: int) -> Chunk:
    aspect = aspect_of(*SIZES[size])
    scenes = [sample_scene(rng, aspect) for _ in range(count)]
    ids = np.array([[tokenizer().encode(caption(scene, rng)) for _ in range(CAPTIONS)] for scene in scenes], np.int16)
    return Chunk(size, plan(scenes, aspect), ids.reshape(count, CAPTIONS, LENGTH))


def choose_size(rng: random.Random) -> str:
    return rng.choices(list(SHARES), list(SHARES.values()))[0]


class SceneStream:
    """Without workers, chunks are made when they are asked for, from `rng` alone: repeatable. Workers are forks that never use the
    GPU."""

    def __init__(self, rng: random.Random, chunk: int, workers: int = 0):
        self._rng, self._chunk, self._workers = rng, chunk, workers
        if workers:
            tokenizer()  # made once, before the forks
            context = multiprocessing.get_context("fork")
            self._queue = context.Queue(maxsize=3 * workers)
            for _ in range(workers):
                context.Process(target=self._work, args=(rng.random(),), daemon=True).start()

    def _work(self, seed: float) -> None:
        rng = random.Random(seed)
        while True:
            self._queue.put(make_chunk(rng, choose_size(rng), self._chunk))

    def get(self) -> Chunk:
        return self._queue.get() if self._workers else make_chunk(self._rng, choose_size(self._rng), self._chunk)

    def poll(self) -> Chunk | None:
        """A chunk if one is ready: a GPU should not wait for CPUs."""
        try:
            return self._queue.get_nowait() if self._workers else self.get()
        except Empty:
            return None
