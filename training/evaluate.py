"""Judges a model folder by held-out captions. `python -m training.evaluate --model <folder>`

Two judges look at the images: one of geometry and color, and a classifier of things by name. Beside every number stands how often
the judge itself is right on perfect images, which the renderer draws of the same scenes.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .exporting.folder import read_folder
from .exporting.pipeline import Pipeline, to_bytes
from .judges.geometry import Verdict, judge_arrangement, judge_landscape
from .judges.negative_prompts import judge_negative_prompts, open_prompts
from .judges.observe import at_judging_size
from .judges.questions import SETS, Question, QuestionSet
from .judges.things import ThingJudge
from .learning.checkpoint import WORK
from .rendering.render import render
from .scenes.scene import Arrangement

NEGATIVE = "negative-prompts"
SHAPES, NEGATIVE_PROMPTS, THINGS = 400, 90, 100  # questions of a set
BATCH = 25
Painter = Callable[[Sequence[Question], Sequence[int]], np.ndarray]  # questions and seeds -> images
Row = dict[str, int]


def batches(count: int) -> Iterator[tuple[slice, list[int]]]:
    """Parts of `count` questions, and the seeds of each: a question's seed is its number."""
    for start in range(0, count, BATCH):
        stop = min(start + BATCH, count)
        yield slice(start, stop), list(range(start, stop))


def perfect(questions: Sequence[Question], _: Sequence[int]) -> np.ndarray:
    return to_bytes(render([question.scene for question in questions], *questions[0].size)[0])


def through_autoencoder(folder: Path) -> Painter:
    model = read_folder(folder)
    encoder, decoder = model.encoder.eval(), model.decoder.eval()

    def paint(questions: Sequence[Question], _: Sequence[int]) -> np.ndarray:
        with torch.no_grad():
            return to_bytes(decoder(encoder.latents(render([question.scene for question in questions], *questions[0].size)[0])))

    return paint


def by_model(pipeline: Pipeline, guidance: float, steps: int) -> Painter:
    def paint(questions: Sequence[Question], seeds: Sequence[int]) -> np.ndarray:
        return pipeline.draw(
            [question.prompt for question in questions], seeds, guidance=guidance, steps=steps, size=questions[0].size
        )

    return paint


def judge_image(image: np.ndarray, question: Question, judge: str, things: ThingJudge) -> Verdict:
    scene = question.scene
    if judge == "things":
        return things.judge(image, scene)
    small = at_judging_size(image)
    return judge_arrangement(small, scene) if isinstance(scene, Arrangement) else judge_landscape(small, scene)


def judge_set(
    asked: QuestionSet, questions: Sequence[Question], paint: Painter, things: ThingJudge, *, verbose: bool
) -> dict[str, Row]:
    verdicts = []
    for part, seeds in batches(len(questions)):
        for question, image in zip(questions[part], paint(questions[part], seeds)):
            verdict = judge_image(image, question, asked.judge, things)
            verdicts.append(verdict)
            for quality in [quality for quality, right in verdict.items() if verbose and not right]:
                print(f"  wrong {asked.prefix}{quality}: {question.prompt}", flush=True)
    return count(verdicts, asked.prefix)


def count(verdicts: Sequence[Verdict], prefix: str = "") -> dict[str, Row]:
    """Quality -> how many were asked and how many are right."""
    tally: dict[str, list[bool]] = defaultdict(list)
    for verdict in verdicts:
        for quality, right in verdict.items():
            tally[prefix + quality].append(right)
    return {quality: {"right": int(sum(rights)), "asked": len(rights)} for quality, rights in tally.items()}


def percent(row: Row) -> float:
    return 100 * row["right"] / row["asked"]


def show(rows: dict[str, Row], perfect_rows: dict[str, Row]) -> None:
    for quality, row in rows.items():
        ceiling = f"perfect images {percent(perfect_rows[quality]):5.1f} %" if quality in perfect_rows else ""
        print(f"  {quality:48} {percent(row):5.1f} % of {row['asked']:3}   {ceiling}", flush=True)


def add_to_report(path: Path, settings: dict[str, Any], rows: dict[str, Row], perfect_rows: dict[str, Row]) -> None:
    """Sets may be judged one by one, perhaps by several processes; each adds its rows."""
    report = json.loads(path.read_text()) if path.exists() else {**settings, "rows": {}}
    if any(report.get(name) != value for name, value in settings.items()):
        raise SystemExit(f"{path} was measured with other settings than {settings}. Name another file with --out.")
    for quality, row in rows.items():
        ceiling = (
            {"perfect": {name: perfect_rows[quality][name] for name in ("right", "asked")}} if quality in perfect_rows else {}
        )
        report["rows"][quality] = row | ceiling
    path.write_text(json.dumps(report, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [*SETS, NEGATIVE]
    parser.add_argument("--model", type=Path, default=WORK / "export")
    parser.add_argument("--sets", nargs="+", choices=names, default=names, metavar="SET", help=f"of {', '.join(names)}")
    parser.add_argument("--limit", type=int, help="only the first so many questions of each set")
    parser.add_argument("--guidance", type=float, default=7.5)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0, help="which questions are asked")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--autoencoder", action="store_true", help="judge perfect images after the autoencoder: the denoiser's ceiling"
    )
    parser.add_argument("--verbose", action="store_true", help="name every wrong image")
    parser.add_argument("--out", type=Path, help="where the numbers go as JSON (default: evaluation.json in the model folder)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    things = ThingJudge()
    pipeline = Pipeline(options.model, options.threads)
    paint = through_autoencoder(options.model) if options.autoencoder else by_model(pipeline, options.guidance, options.steps)
    out = options.out or (None if options.autoencoder else options.model / "evaluation.json")
    settings = {"guidance": options.guidance, "steps": options.steps, "seed": options.seed}
    for name in [name for name in options.sets if not (options.autoencoder and name == NEGATIVE)]:
        print(name, flush=True)
        perfect_rows: dict[str, Row] = {}
        if name == NEGATIVE:
            prompts = open_prompts(options.seed, NEGATIVE_PROMPTS)[: options.limit]
            rows = count([
                verdict for part, seeds in batches(len(prompts))
                for verdict in judge_negative_prompts(pipeline, prompts[part], seeds, guidance=options.guidance, steps=options.steps)
            ])  # fmt: skip
        else:
            asked = SETS[name]
            questions = asked.questions(options.seed, SHAPES if asked.judge == "geometry" else THINGS)[: options.limit]
            perfect_rows = judge_set(asked, questions, perfect, things, verbose=False)
            rows = judge_set(asked, questions, paint, things, verbose=options.verbose)
        show(rows, perfect_rows)
        if out:
            add_to_report(out, settings, rows, perfect_rows)


if __name__ == "__main__":
    main()
