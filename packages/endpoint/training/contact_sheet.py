"""Draws the contact sheets for README and model card. `python -m training.contact_sheet --model <folder>`"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from .checkpoint import WORK
from .pipeline import Pipeline

CELL, LABEL, HEADER = 128, 250, 24
PROMPTS = (
    "a red circle on a yellow background",
    "a large striped blue star on a white background",
    "a green heart above an orange ring on a black background",
    "a small pink diamond in the top left on a purple background",
    "a yellow star inside a blue circle on a white background",
    "three cyan triangles on a brown background",
    "five red hearts on a white background",
    "a red house and a tree on the hills with the sun",
    "a boat on the sea with the moon and stars at night",
    "a boat on the sea with the sun at sunset",
    "a blue house in the snow with the moon at night",
    "a rainbow over the mountains",
)
SCENE = "a red house and a tree on the hills with the sun"
NEGATIVES = (
    ("a circle on a white background", ""), ("a circle on a white background", "red"), ("a circle on a white background", "blue"),
    ("a red shape on a black background", ""), ("a red shape on a black background", "star"),
    ("a yellow heart", ""), ("a yellow heart", "black background"),
    ("the hills", ""), ("the hills", "sun, clouds"),
)  # fmt: skip
Row = tuple[str, list[np.ndarray]]


def font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    try:
        return ImageFont.load_default(size)
    except TypeError:  # Pillow before 10.1
        return ImageFont.load_default()


def wrapped(text: str, width: int = 38) -> str:
    lines = [""]
    for word in text.split():
        lines = [*lines, word] if len(lines[-1]) + len(word) > width else [*lines[:-1], f"{lines[-1]} {word}".strip()]
    return "\n".join(lines)


def sheet(rows: Sequence[Row], headers: Sequence[str], path: Path) -> None:
    columns, height = max(len(cells) for _, cells in rows), max(cell.shape[0] for _, cells in rows for cell in cells)
    width = max(cell.shape[1] for _, cells in rows for cell in cells)
    image = Image.new("RGB", (LABEL + columns * (width + 4), HEADER + len(rows) * (height + 4)), "white")
    draw = ImageDraw.Draw(image)
    for column, header in enumerate(headers):
        draw.text((LABEL + column * (width + 4) + 4, 5), header, fill="black", font=font(13))
    for line, (label, cells) in enumerate(rows):
        top = HEADER + line * (height + 4)
        draw.multiline_text((6, top + 8), wrapped(label), fill="black", font=font(13))
        for column, cell in enumerate(cells):
            image.paste(Image.fromarray(cell), (LABEL + column * (width + 4), top))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)
    print(path)


def prompts_by_seeds(pipeline: Pipeline, seeds: int) -> list[Row]:
    return [(prompt, list(pipeline.draw([prompt] * seeds, list(range(seeds))))) for prompt in PROMPTS]


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the contact sheets of a model folder.")
    parser.add_argument("--model", type=Path, default=WORK / "export")
    parser.add_argument("--out", type=Path, default=WORK / "contact-sheets")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--only", choices=("prompts", "steps", "guidance", "negative-prompts", "sizes"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    pipeline = Pipeline(options.model)

    def wanted(name: str) -> bool:
        return options.only in (None, name)

    seeds = list(range(options.seeds))
    if wanted("prompts"):
        sheet(prompts_by_seeds(pipeline, options.seeds), [f"seed {seed}" for seed in seeds], options.out / "prompts.png")
    chosen = [PROMPTS[2], PROMPTS[5], PROMPTS[7], PROMPTS[8]]
    if wanted("steps"):
        steps = (1, 2, 5, 10, 25, 50)
        rows = [(prompt, [pipeline.draw([prompt], [1], steps=count)[0] for count in steps]) for prompt in chosen]
        sheet(rows, [f"{count} steps" for count in steps], options.out / "steps.png")
    if wanted("guidance"):
        scales = (1, 2, 4, 7.5, 10, 15)
        rows = [(prompt, [pipeline.draw([prompt], [1], guidance=scale)[0] for scale in scales]) for prompt in chosen]
        sheet(rows, [f"guidance {scale}" for scale in scales], options.out / "guidance.png")
    if wanted("negative-prompts"):
        rows = [
            (f"{prompt} — not: {negative}" if negative else prompt,
             list(pipeline.draw([prompt] * len(seeds), seeds, [negative] * len(seeds))))
            for prompt, negative in NEGATIVES
        ]  # fmt: skip
        sheet(rows, [f"seed {seed}" for seed in seeds], options.out / "negative-prompts.png")
    if wanted("sizes"):
        rows = [
            (f"{prompt} — {size[0]}x{size[1]}", list(pipeline.draw([prompt] * len(seeds), seeds, size=size)))
            for size in ((128, 128), (160, 96), (96, 160)) for prompt in (PROMPTS[2], SCENE)
        ]  # fmt: skip
        sheet(rows, [f"seed {seed}" for seed in seeds], options.out / "sizes.png")


if __name__ == "__main__":
    main()
