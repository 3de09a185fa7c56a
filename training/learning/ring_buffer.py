"""A pool of examples that is kept fresh.

Drawing and encoding an image costs about a third of training on it, so each is used a few times before a newer one replaces it.
"""

import torch
from torch import Tensor


class RingBuffer:
    """The newest `capacity` examples. An example is a few tensors; the first ones added fix their shapes."""

    def __init__(self, capacity: int):
        self.capacity = capacity
        self.count = self._next = 0
        self._stored: list[Tensor] = []

    def add(self, *parts: Tensor) -> None:
        """Each part is [n, ...]; the oldest examples make room."""
        parts = tuple(part[-self.capacity :] for part in parts)
        if not self._stored:
            self._stored = [part.new_empty((self.capacity, *part.shape[1:])) for part in parts]
        length, device = len(parts[0]), parts[0].device
        places = (torch.arange(length, device=device) + self._next) % self.capacity
        for stored, part in zip(self._stored, parts):
            stored[places] = part
        self._next = (self._next + length) % self.capacity
        self.count = min(self.capacity, self.count + length)

    def sample(self, count: int) -> list[Tensor]:
        """`count` random examples, with replacement."""
        chosen = torch.randint(self.count, (count,), device=self._stored[0].device)
        return [stored[chosen] for stored in self._stored]

    def all(self) -> list[Tensor]:
        return [stored[: self.count] for stored in self._stored]
