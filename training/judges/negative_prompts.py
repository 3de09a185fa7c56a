"""Does a negative prompt remove what it names? Only such pairs count where the plain prompt drew the named thing: the same
prompt and seed, once without and once with the negative prompt."""

import numpy as np

from .observe import ground_of, things_in
from .pipeline import Pipeline
from .questions import open_prompts

BATCH = 30


def shown(picture: np.ndarray) -> dict[str, str]:
    """The ground's colour, and colour and shape of the largest thing."""
    things = things_in(picture)
    seen = {"ground": ground_of(picture)}
    return seen | {"colour": things[0].colour, "shape": things[0].shape} if things else seen


def judge_negative_prompts(
    pipeline: Pipeline, seed: int, count: int, *, guidance: float, steps: int, verbose: bool
) -> dict[str, tuple[int, int]]:
    """In how many pairs it is gone, and in how many besides all else that the prompt says is still there."""
    asked = gone = kept = 0
    questions = open_prompts(seed, count)
    for start in range(0, count, BATCH):
        part = questions[start : start + BATCH]
        prompts, seeds = [question.text for question in part], list(range(start, start + len(part)))
        before = pipeline.draw(prompts, seeds, guidance=guidance, steps=steps)
        named = [shown(picture).get(question.open, "none") for picture, question in zip(before, part)]
        negatives = [f"{name} background" if question.open == "ground" else name for name, question in zip(named, part)]
        after = pipeline.draw(prompts, seeds, negatives, guidance=guidance, steps=steps)
        for picture, name, question in zip(after, named, part):
            if name == "none":
                continue
            seen = shown(picture)
            removed = seen.get(question.open) != name
            asked += 1
            gone += removed
            kept += removed and question.said.items() <= seen.items()
            if verbose and not removed:
                print(f"  negative prompt kept {name} {question.open}: {question.text}", flush=True)
    return {"negative prompt": (gone, asked), "negative prompt, all else kept": (kept, asked)}
