"""Writes the model card: `card.md` with what was measured and what the vocabulary holds. `python -m training.card --model <folder>`"""

import argparse
import json
from pathlib import Path
from string import Template

from .evaluate import Row, percent
from .exporting.folder import megabytes
from .learning.checkpoint import WORK
from .scenes.sample_shapes import HOUSE_COLORS
from .scenes.things import announced_things
from .scenes.vocabulary import (
    COLORS,
    LAND_FEATURES,
    LANDS,
    NUMBERS,
    PLACES,
    RELATIONS,
    SHAPES,
    SIZES,
    SKIES,
    SKY_FEATURES,
    SYNONYMS,
    TEXTURES,
    announced_words,
)  # fmt: skip

TEMPLATE = Path(__file__).parent / "card.md"
TARGETS = {
    "background": 99,
    "color": 99,
    "shape": 97,
    "position": 98,
    "pair": 90,
    "count": 92,
    "texture": 85,
    "negative prompt": 90,
}
MEANING = {
    "background": "it has the requested color",
    "color": "a single shape has the requested color",
    "shape": "a single shape is the requested one",
    "one object": "there is exactly one shape",
    "position": "a single shape is in the right ninth of the image",
    "texture": "a textured shape is striped, dotted or checkered as requested",
    "pair": "both colors, both shapes and the order are right",
    "pair, colors and order": "both colors and the order are right, whatever the shapes",
    "count": "the number of shapes is right",
    "count, color and shape": "the number is right, and each has the requested color and shape",
    "sky": "day, night or sunset",
    "land": "hills, sea, mountains, grass, snow or desert",
    "negative prompt": "what it names is missing (counted only where it is drawn without)",
    "negative prompt, rest kept": "and everything the prompt asks for is still there",
}
Report = dict[str, Row]


def cell(row: Row | None) -> str:
    return f"{percent(row):.1f} % of {row['asked']}" if row else ""


def is_about_things(quality: str) -> bool:
    return ": " in quality and not quality.startswith("scene: ")


def shapes_table(rows: Report) -> str:
    lines = ["| shapes and landscapes of drawn features | target | the model | perfect images |", "| --- | --- | --- | --- |"]
    for quality, row in rows.items():
        meaning = f"{quality}: {MEANING[quality]}" if quality in MEANING else quality
        target = f"{TARGETS[quality]} %" if quality in TARGETS else ""
        if not is_about_things(quality):
            lines.append(f"| {meaning} | {target} | {cell(row)} | {cell(row.get('perfect'))} |")
    return "\n".join(lines)


def things_table(rows: Report) -> str:
    lines = ["| things by name | the model | perfect images |", "| --- | --- | --- |"]
    lines += [
        f"| {quality} | {cell(row)} | {cell(row.get('perfect'))} |" for quality, row in rows.items() if is_about_things(quality)
    ]
    return "\n".join(lines)


def targets_met(rows: Report) -> str:
    missed = [f"{quality} {percent(rows[quality]):.1f} % (target {target} %)"
              for quality, target in TARGETS.items() if quality in rows and percent(rows[quality]) < target]  # fmt: skip
    return f"Below its target: {'; '.join(missed)}." if missed else "Every target is met."


def list_things() -> str:
    sections: dict[str, list[str]] = {}
    for thing in announced_things():
        sections.setdefault(thing.section, []).append(" / ".join(thing.names))
    return "\n".join(f"- {section}: {'; '.join(names)}" for section, names in sections.items())


def write_card(report: Report, size: float) -> str:
    named = announced_things()
    return Template(TEMPLATE.read_text()).substitute(
        megabytes=f"{size:.1f}",
        things=len(named),
        names=f"{sum(len(thing.names) for thing in named):,}",
        words=f"{len(announced_words()):,}",
        targets_met=targets_met(report),
        shapes_table=shapes_table(report),
        things_table=things_table(report),
        list_of_things=list_things(),
        recolored=", ".join(sorted(thing.names[0] for thing in named if "recolor" in thing.properties)),
        colors=", ".join(COLORS),
        shapes=", ".join(SHAPES),
        textures=", ".join(TEXTURES),
        sizes=", ".join(SIZES),
        places=", ".join(PLACES),
        relations=", ".join(RELATIONS),
        numbers=", ".join(NUMBERS.values()),
        lands=", ".join(LANDS),
        skies=", ".join(SKIES),
        sky_features=", ".join(SKY_FEATURES),
        land_features=", ".join(LAND_FEATURES),
        house_colors=", ".join(HOUSE_COLORS),
        synonyms="; ".join(f"{concept}: {', '.join(group)}" for concept, group in SYNONYMS.items()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=WORK / "export")
    options = parser.parse_args()
    evaluation = options.model / "evaluation.json"
    if not evaluation.exists():
        raise SystemExit(f"{evaluation} is missing: a card states what was measured. Run training.evaluate first.")
    card = options.model / "README.md"
    card.write_text(write_card(json.loads(evaluation.read_text())["rows"], megabytes(options.model)))
    print(card)


if __name__ == "__main__":
    main()
