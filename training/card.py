"""Writes the model card from what was measured. `python -m training.card --model <folder>`"""

import argparse
import json
from pathlib import Path
from typing import Any

from PIL import Image

from .checkpoint import WORK
from .evaluate import BARS
from .export import GUIDANCE_INTERVAL, SCHEDULER
from .sample_scene import HOUSE_COLOURS
from .stored_weights import folder_megabytes
from .vocabulary import (
    COLOURS, LAND_THINGS, LANDS, NUMBERS, PLACES, RELATIONS, SHAPES, SIZES, SKIES, SKY_THINGS, SYNONYMS, TEXTURES,
)  # fmt: skip

MAIN_GUIDANCE = "7.5"
MEANING = {
    "ground colour": "the ground has the colour asked for",
    "object colour": "a single thing has the colour asked for",
    "shape": "a single thing has the shape asked for",
    "one object": "there is one thing and no more",
    "position": "a single thing is in the right ninth of the picture",
    "texture": "a textured thing is striped, dotted or checkered as asked",
    "pair": "two things: both colours, both shapes and the order are right",
    "pair, colours and order": "two things: both colours and the order, whatever the shapes",
    "count": "the number of things is right",
    "count, colour and shape": "the number is right, and every one has the colour and shape asked for",
    "negative prompt": "what the negative prompt names is gone (only where it was there without)",
    "negative prompt, all else kept": "and all that the prompt says is still there",
    "sky": "day, night or sunset", "land": "the right land",
}  # fmt: skip


def share(count: dict[str, int]) -> float:
    return 100 * count["right"] / max(1, count["asked"])


def table(evaluation: dict[str, Any]) -> str:
    """The guidance it is made for first; each cell says of how many."""
    scales = dict(sorted(evaluation["guidance"].items(), key=lambda item: (item[0] != MAIN_GUIDANCE, float(item[0]))))
    lines = ["| | aim | " + " | ".join(f"guidance {scale}" for scale in scales) + " |",
             "| --- | --- | " + " | ".join("---" for _ in scales) + " |"]  # fmt: skip
    for quality in scales[MAIN_GUIDANCE]:
        cells = [
            f"{share(tally[quality]):.1f} % of {tally[quality]['asked']}" if quality in tally else "" for tally in scales.values()
        ]
        meaning = f"{quality}: {MEANING[quality]}" if quality in MEANING else quality
        aim = f"{BARS[quality]} %" if quality in BARS else ""
        lines.append(f"| {meaning} | {aim} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def bars_missed(evaluation: dict[str, Any]) -> list[str]:
    tally = evaluation["guidance"][MAIN_GUIDANCE]
    return [f"{quality} {share(tally[quality]):.1f} % (aim {bar} %)" for quality, bar in BARS.items() if share(tally[quality]) < bar]


def listed(words: Any) -> str:
    return ", ".join(words)


def card(training: dict[str, Any], evaluation: dict[str, Any], megabytes: float, has_sheet: bool, history: str = "") -> str:
    missed = bars_missed(evaluation)
    reached = f"Below its aim at guidance 7.5: {'; '.join(missed)}." if missed else "Every aim is reached at guidance 7.5."
    sheet = "\n![What it draws, six seeds each](contact-sheet.jpg)\n" if has_sheet else ""
    synonyms = "; ".join(f"{concept}: {listed(group)}" for concept, group in SYNONYMS.items())
    annealed = "" if training["annealed"] else " **This is a look at an unfinished run; the learning rate has not come down yet.**"
    return f"""---
license: mit
pipeline_tag: text-to-image
library_name: onnx
tags: [text-to-image, latent-diffusion, onnx, tiny]
---

# Tintype tiny

A latent diffusion model small enough to ship with a package: {megabytes:.1f} MB, drawn and trained by the scripts in
`packages/endpoint/training`. It draws coloured shapes on coloured grounds, two of them in a relation, two to five of a kind,
and little landscapes. It knows a few dozen words and nothing else: ask for a cat and there is no cat.{annealed}
{sheet}
## What is in the folder

A Stable-Diffusion-shaped ONNX folder, as diffusers and optimum lay it out: `text_encoder` (two transformer blocks, width 128,
32 tokens), `unet` (2.65 million parameters, latents of an eighth of the side), `vae_decoder` and `vae_encoder` (TAESD-like,
four channels), a CLIP-class `tokenizer`, `scheduler` ({SCHEDULER["_class_name"]}, {SCHEDULER["prediction_type"]},
{SCHEDULER["beta_schedule"]}, zero terminal signal-to-noise ratio, {SCHEDULER["timestep_spacing"]} spacing). Weights are stored
as {training["storage"]} and restored to float32 when the file is loaded. Batch, height and width are dynamic.
`endpoint.json` lists the native sizes (128x128, 160x96, 96x160), the guidance interval and the vocabulary.

## Use

Guidance 7.5 and 25 steps with DDIM are what it was judged with. Guidance holds in the noisiest {100 * (1 - GUIDANCE_INTERVAL[0]):.0f} % of the noise
schedule only (`guidanceInterval` in `endpoint.json`; Kynkäänniemi et al. 2024, arXiv 2404.07724): further down it draws things
that nobody asked for. diffusers has no such interval in `StableDiffusionPipeline`; there, guidance 3 comes near.

## Data

Every picture was drawn by `render.py` from a scene made up at random, and captioned by `caption.py`; nothing was downloaded.
One subject in sixteen is never shown by these scripts; the numbers below are for those subjects only.

## Recipe

1. Autoencoder: L1 + MSE + edge difference + 3e-4 KL on 64x64 crops.
2. Text encoder and UNet: v-prediction, {training["picturesInLastRun"]:,} pictures in the last run ({training["minutes"]} minutes on one
   CPU core, batch 64, {training["steps"]:,} steps), {training["picturesSeen"]:,} in all with the weights that it began from. Muon for the
   matrices, AdamW for the rest, {training["learningRate"]} falling linearly to zero over the whole run; caption dropout 10 %; things weigh five times as much as the ground; exponential
   moving average 0.998; one batch in eight wide and one tall.
{f"3. {history}" if history else ""}

## Vocabulary

- colours: {listed(COLOURS)}
- shapes: {listed(SHAPES)} (and their plurals)
- textures: {listed(TEXTURES)}; sizes: {listed(SIZES)}
- places: {listed(PLACES)}; relations: {listed(RELATIONS)}, and
- numbers: {listed(NUMBERS.values())} (also as digits)
- lands: {listed(LANDS)}; skies: {listed(SKIES)}
- in the sky: {listed(SKY_THINGS)}; on the land: {listed(LAND_THINGS)} (houses in {listed(HOUSE_COLOURS)})
- synonyms: {synonyms}

Words outside this list fall apart into letters. One caption in twenty-five held such a word, so that it comes to mean nothing;
how well that works is not measured.

## Measured quality

By a judge that looks at geometry and colour only (`observe.py`, `judge.py`). On the drawn pictures themselves it is
right in 99 % of shapes, 96 % of textures, 98.7 % of pairs, and in 99.5 to 100 % of grounds, colours, positions and counts. Prompts are
whole captions of held-out subjects, {evaluation["steps"]} steps. {reached}

{table(evaluation)}

## Limits

Only the words above. Numbers are drawn in fixed, dice-like layouts. Two things at most besides numbers and landscapes. Small
things lose their corners, and textures show on medium and large things only. The wide and tall sizes saw an eighth of the pictures each and are rougher than the square; other sizes
drift. Textured grounds, synonyms and the wide and tall sizes are not in the table.

## Licence

MIT, weights and pictures alike.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the model card.")
    parser.add_argument("--model", type=Path, default=WORK / "export")
    parser.add_argument("--sheet", type=Path, default=WORK / "contact-sheets" / "prompts.png")
    parser.add_argument("--history", default="", help="a sentence for the recipe: what the weights went through before the last run")
    options = parser.parse_args()
    evaluation = options.model / "evaluation.json"
    if not evaluation.exists():
        raise SystemExit(f"{evaluation} is missing: a card states what was measured. Run training.evaluate first.")
    if options.sheet.exists():
        Image.open(options.sheet).convert("RGB").save(options.model / "contact-sheet.jpg", quality=88, optimize=True)
    measured = json.loads(evaluation.read_text())
    if MAIN_GUIDANCE not in measured["guidance"]:
        raise SystemExit(f"{evaluation} has no numbers for guidance {MAIN_GUIDANCE}. Run training.evaluate --guidance {MAIN_GUIDANCE}.")
    training = json.loads((options.model / "training.json").read_text())
    text = card(training, measured, folder_megabytes(options.model),
                (options.model / "contact-sheet.jpg").exists(), options.history)  # fmt: skip
    (options.model / "README.md").write_text(text)
    print(options.model / "README.md")


if __name__ == "__main__":
    main()
