"""Judges a model folder on held-out captions. `python -m training.evaluate --model <folder>`

`--truth` judges the drawn pictures themselves instead, which checks the judge; `--autoencoder` judges them after a round
trip through the autoencoder, which is the best that the denoiser could do.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from .caption import full_caption
from .checkpoint import WORK
from .judge import Verdict, judge_figures, judge_landscape
from .models.autoencoder import Decoder, Encoder
from .negative_prompts import judge_negative_prompts
from .onnx_weights import load_network
from .pipeline import Pipeline
from .questions import figure_questions, landscape_questions
from .render import render
from .scene import Figures, Scene

BARS = {"ground colour": 99, "object colour": 99, "shape": 97, "position": 98, "pair": 90, "count": 92, "texture": 85,
        "negative prompt": 90}  # fmt: skip
BATCH = 25
Painter = Callable[[Sequence[Scene], int], np.ndarray]


def to_bytes(pictures: torch.Tensor) -> np.ndarray:
    return ((pictures + 1) * 127.5).clamp(0, 255).round().byte().permute(0, 2, 3, 1).numpy()


def drawn(scenes: Sequence[Scene], _: int) -> np.ndarray:
    return to_bytes(render(list(scenes))[0])


def through_autoencoder(folder: Path) -> Painter:
    encoder, decoder = Encoder(), Decoder()
    load_network(encoder, "vae_encoder", folder)
    load_network(decoder, "vae_decoder", folder)

    def paint(scenes: Sequence[Scene], _: int) -> np.ndarray:
        with torch.no_grad():
            return to_bytes(decoder(encoder(render(list(scenes))[0])[:, :4]))

    return paint


def by_model(pipeline: Pipeline, guidance: float, steps: int) -> Painter:
    def paint(scenes: Sequence[Scene], first_seed: int) -> np.ndarray:
        prompts = [full_caption(scene) for scene in scenes]
        return pipeline.draw(prompts, list(range(first_seed, first_seed + len(scenes))), guidance=guidance, steps=steps)

    return paint


def batches(scenes: Sequence[Scene]) -> Iterator[tuple[int, Sequence[Scene]]]:
    for start in range(0, len(scenes), BATCH):
        yield start, scenes[start : start + BATCH]


def judge(scenes: Sequence[Scene], paint: Painter, *, verbose: bool) -> dict[str, tuple[int, int]]:
    """Quality -> (right, asked)."""
    tally: dict[str, list[bool]] = defaultdict(list)
    for start, batch in batches(scenes):
        for scene, picture in zip(batch, paint(batch, start)):
            verdict: Verdict = (
                judge_figures(picture, scene) if isinstance(scene, Figures) else judge_landscape(picture, scene)
            )
            for quality, right in verdict.items():
                tally[quality].append(right)
                if verbose and not right:
                    print(f"  wrong {quality}: {full_caption(scene)}", flush=True)
    return {quality: (sum(rights), len(rights)) for quality, rights in tally.items()}


def show(title: str, tally: dict[str, tuple[int, int]]) -> None:
    print(f"\n{title}")
    for quality, (right, asked) in tally.items():
        bar = f"  bar {BARS[quality]} %" if quality in BARS else ""
        print(f"  {quality:26} {100 * right / max(asked, 1):6.1f} %  ({right} of {asked}){bar}", flush=True)


def add_to_report(path: Path, guidance: float, steps: int, tally: dict[str, tuple[int, int]]) -> None:
    """Scales are judged one by one, perhaps by several processes; each adds its table."""
    report = json.loads(path.read_text()) if path.exists() else {"steps": steps, "guidance": {}}
    if report["steps"] != steps:
        raise SystemExit(f"{path} holds numbers for {report['steps']} steps, not {steps}. Name another file with --out.")
    report["guidance"][str(guidance)] = {quality: {"right": right, "asked": asked} for quality, (right, asked) in tally.items()}
    path.write_text(json.dumps(report, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Judges a model folder on held-out captions.")
    parser.add_argument("--model", type=Path, default=WORK / "export")
    parser.add_argument("--captions", type=int, default=500, help="held-out captions about figures")
    parser.add_argument("--landscapes", type=int, default=60)
    parser.add_argument("--negative-pairs", type=int, default=360)
    parser.add_argument("--guidance", type=float, nargs="+", default=[7.5], help="one table for each")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0, help="which questions are asked")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--truth", action="store_true", help="judge the drawn pictures, not the model's")
    parser.add_argument("--autoencoder", action="store_true", help="judge the drawn pictures after the autoencoder")
    parser.add_argument("--verbose", action="store_true", help="name every wrong answer")
    parser.add_argument("--out", type=Path, help="where the numbers go as JSON (default: evaluation.json in the model folder)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    scenes: list[Scene] = [*figure_questions(options.seed, options.captions), *landscape_questions(options.seed, options.landscapes)]
    if options.truth or options.autoencoder:
        paint = drawn if options.truth else through_autoencoder(options.model)
        show("drawn pictures" if options.truth else "autoencoder only", judge(scenes, paint, verbose=options.verbose))
        return
    pipeline = Pipeline(options.model, options.threads)
    report_file = options.out or options.model / "evaluation.json"
    for guidance in options.guidance:
        tally = judge(scenes, by_model(pipeline, guidance, options.steps), verbose=options.verbose)
        tally |= judge_negative_prompts(
            pipeline, options.seed, options.negative_pairs, guidance=guidance, steps=options.steps, verbose=options.verbose
        )
        show(f"guidance {guidance}, {options.steps} steps", tally)
        add_to_report(report_file, guidance, options.steps, tally)


if __name__ == "__main__":
    main()
