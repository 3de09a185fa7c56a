"""Draws scenes at random. `SHARES` is the curriculum."""

import random
from collections.abc import Callable

from .sample_shapes import sample_count, sample_landscape, sample_pair, sample_single
from .sample_things import sample_thing_count, sample_thing_landscape, sample_thing_pair, sample_thing_single
from .scene import Scene, is_held_out

Aspect = tuple[float, float]
Sampler = Callable[[random.Random, Aspect], Scene]

SHARES = {"shapes": 0.36, "thing": 0.25, "thing pair": 0.14, "thing count": 0.07, "thing landscape": 0.18}
SHARES_OF_SHAPES = {"single": 0.24, "pair": 0.42, "inside": 0.09, "count": 0.11, "landscape": 0.14}
SAMPLERS: dict[str, Sampler] = {
    "single": sample_single,
    "pair": sample_pair,
    "inside": lambda rng, aspect: sample_pair(rng, aspect, "inside"),  # the hardest relation, so more of it
    "count": sample_count,
    "landscape": sample_landscape,
    "thing": sample_thing_single,
    "thing pair": sample_thing_pair,
    "thing count": sample_thing_count,
    "thing landscape": sample_thing_landscape,
}


def choose(rng: random.Random, shares: dict[str, float]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]


def sample_scene(rng: random.Random, aspect: Aspect = (1.0, 1.0), *, held_out: bool = False) -> Scene:
    """A scene for an image of half-width and half-height `aspect` (the shorter is 1); never a held-out one unless asked."""
    while True:
        kind = choose(rng, SHARES)
        if kind == "shapes":
            kind = choose(rng, SHARES_OF_SHAPES)
        scene = SAMPLERS[kind](rng, aspect)
        if is_held_out(scene) == held_out:
            return scene
