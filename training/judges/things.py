"""The judge of things by name: a classifier says what a cutout shows where the caption puts a thing; how many there are, background,
sky and land are judged by geometry and color. Images are [height, width, 3], uint8, at the size they were drawn."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ..models.classifier import Classifier, cut_out
from ..scenes.scene import Arrangement, Landscape, Object, Scene
from .geometry import Verdict, has_color_at, judge_landscape
from .observe import DIFFERENT, at_judging_size, background_of, background_rgb, components, distance

WEIGHTS = Path(__file__).parent / "classifier.safetensors"
MARGIN = 1.25  # of the cutout around a thing


class ThingJudge:
    def __init__(self, weights: Path = WEIGHTS):
        self.classifier = Classifier.load(weights)

    def guesses(self, image: np.ndarray, objects: Sequence[Object]) -> list[list[str]]:
        """For each object the five things or shapes that it most likely is, the likeliest first."""
        boxes = torch.tensor([[one.x, one.y, one.radius * MARGIN] for one in objects])
        pixels = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 127.5 - 1
        with torch.no_grad():
            best = self.classifier(cut_out(pixels, torch.zeros(len(boxes), dtype=torch.long), boxes)).topk(5, 1).indices
        return [[self.classifier.classes[index] for index in row] for row in best.tolist()]

    def judge(self, image: np.ndarray, scene: Scene) -> Verdict:
        guesses = self.guesses(image, scene.objects)
        first = all(names[0] == one.shape for one, names in zip(scene.objects, guesses))
        five = all(one.shape in names for one, names in zip(scene.objects, guesses))
        small = at_judging_size(image)
        if isinstance(scene, Landscape):
            return {"thing, top-1": first, "thing, top-5": five} | judge_surroundings(small, scene)
        background = {"background": background_of(small) == scene.background}
        if scene.number:
            return background | {"number": bool(number_of(small) == scene.number), "all of them, top-1": first}
        if scene.relation:
            colored = shapes_have_their_color(small, scene)
            in_place = "both things, each in its place"
            return background | {f"{in_place}, top-1": first and colored, f"{in_place}, top-5": five and colored}
        return background | {"top-1": first, "top-5": five}


def judge_surroundings(small: np.ndarray, scene: Landscape) -> Verdict:
    verdict = judge_landscape(small, replace(scene, land_features=(), shape=None, objects=()))
    features = [right for quality, right in verdict.items() if quality.startswith("scene: ")]
    surroundings = {"sky": verdict["sky"], "land": verdict["land"]}
    return surroundings | {"sun, moon, stars, clouds": all(features)} if features else surroundings


def shapes_have_their_color(small: np.ndarray, scene: Arrangement) -> bool:
    return all(one.is_thing or has_color_at(small, one.color, one.x, one.y, one.radius) for one in scene.objects)


def number_of(small: np.ndarray) -> int:
    """Parts that stand out from the background. What is at most four pixels apart is one part; crumbs do not count."""
    mask = distance(small, background_rgb(small)) > DIFFERENT
    for _ in range(2):
        padded = np.pad(mask, 1)
        height, width = mask.shape
        mask = np.max([padded[dy : dy + height, dx : dx + width] for dy in range(3) for dx in range(3)], axis=0)
    areas = [part.sum() for part in components(mask)]
    return sum(area > 0.25 * areas[0] for area in areas) if areas else 0
