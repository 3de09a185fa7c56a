"""Does a negative prompt remove what it names?

The same prompt and seed are drawn twice: once without a negative prompt, and once with what the first image shows of a quality that
the prompt leaves open. That has to be gone, and all that the prompt says has to be there still.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..exporting.pipeline import Pipeline
from ..scenes.vocabulary import COLORS, SHAPES
from .geometry import Verdict
from .observe import at_judging_size, background_of, objects_in


@dataclass(frozen=True)
class OpenPrompt:
    """A prompt that says all but one quality: "color", "shape" or "background"."""

    text: str
    open: str
    said: dict[str, str]


def open_prompts(seed: int, count: int) -> list[OpenPrompt]:
    rng = random.Random(f"open-{seed}")
    prompts = []
    for n in range(count):
        color, background = rng.sample(list(COLORS), 2)
        shape = rng.choice(SHAPES)
        texts = {
            "color": f"a {shape} on a {background} background",
            "shape": f"a {color} shape on a {background} background",
            "background": f"a {color} {shape}",
        }
        quality = list(texts)[n % 3]
        said = {"color": color, "shape": shape, "background": background}
        del said[quality]
        prompts.append(OpenPrompt(texts[quality], quality, said))
    return prompts


def shown(image: np.ndarray) -> dict[str, str]:
    """The color of the background, and color and shape of the largest object."""
    small = at_judging_size(image)
    objects = objects_in(small)
    seen = {"background": background_of(small)}
    return seen | {"color": objects[0].color, "shape": objects[0].shape} if objects else seen


def judge_negative_prompts(
    pipeline: Pipeline, questions: Sequence[OpenPrompt], seeds: Sequence[int], *, guidance: float, steps: int
) -> list[Verdict]:
    """No verdict where the first image shows nothing to name."""
    prompts = [question.text for question in questions]
    before = pipeline.draw(prompts, seeds, guidance=guidance, steps=steps)
    named = [shown(image).get(question.open, "none") for image, question in zip(before, questions)]
    negatives = [f"{name} background" if question.open == "background" else name for name, question in zip(named, questions)]
    after = pipeline.draw(prompts, seeds, negatives, guidance=guidance, steps=steps)
    verdicts = []
    for image, name, question in zip(after, named, questions):
        seen = shown(image)
        removed = seen.get(question.open) != name
        kept = question.said.items() <= seen.items()
        if name != "none":
            verdicts.append({"negative prompt": removed, "negative prompt, rest kept": removed and kept})
    return verdicts
