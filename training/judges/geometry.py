"""The judge of geometry and color: compares what an image shows with what its caption asked for.

Images are [height, width, 3], uint8, reduced by `at_judging_size`. A verdict maps a quality to right or wrong.
"""

from dataclasses import replace

import numpy as np

from ..exporting.pipeline import to_bytes
from ..rendering.landscape_layers import landscape_layers
from ..rendering.render import render
from ..scenes.sample_shapes import OFFSETS
from ..scenes.scene import Arrangement, Landscape
from ..scenes.vocabulary import PLACES
from .observe import (
    DIFFERENT,
    Seen,
    background_of,
    background_rgb,
    color_of,
    components,
    distance,
    eroded,
    look_at,
    nested_in,
    objects_in,
)

PLACE_EDGE = 0.25  # a center further out than this (in units of half the shorter side) is off the middle
Verdict = dict[str, bool]


def judge_arrangement(image: np.ndarray, scene: Arrangement) -> Verdict:
    verdict = {"background": background_of(image) == scene.background}
    if scene.relation:
        seen = ordered_pair(image, scene)
        return verdict | {
            "pair": seen is not None and all((s.color, s.shape) == (o.color, o.shape) for s, o in zip(seen, scene.objects)),
            "pair, colors and order": seen is not None and all(s.color == o.color for s, o in zip(seen, scene.objects)),
        }
    objects, wanted = objects_in(image), scene.objects[0]
    if scene.number:
        alike = len(objects) == scene.number and all((o.color, o.shape) == (wanted.color, wanted.shape) for o in objects)
        return verdict | {"count": len(objects) == scene.number, "count, color and shape": alike}
    seen = objects[0] if objects else None
    verdict["color"] = seen is not None and seen.color == wanted.color
    verdict["shape"] = seen is not None and seen.shape == wanted.shape
    verdict["one object"] = len(objects) == 1
    if scene.place:
        verdict["position"] = seen is not None and (third(seen.x), third(seen.y)) == PLACES[scene.place]
    if wanted.texture != "plain":
        verdict["texture"] = seen is not None and seen.texture == wanted.texture
    return verdict


def third(offset: float) -> int:
    return 0 if abs(offset) <= PLACE_EDGE else int(np.sign(offset))


def ordered_pair(image: np.ndarray, scene: Arrangement) -> tuple[Seen, Seen] | None:
    """The two objects seen, in the order in which the relation names them; None if there are not two in such a relation."""
    if scene.relation == "inside":
        return nested_in(image)
    objects = objects_in(image)
    if len(objects) != 2:
        return None
    way = np.array(OFFSETS[scene.relation or ""])
    first, second = sorted(objects, key=lambda one: -float(way @ (one.x, one.y)))
    apart = np.abs([first.x - second.x, first.y - second.y])
    along = apart[0] > apart[1] if way[0] else apart[1] > apart[0]
    return (first, second) if along else None


def has_color_at(image: np.ndarray, color: str, x: float, y: float, radius: float) -> bool:
    """Whether what stands out from the background around a point is nearest to that color of the palette."""
    side = min(image.shape[:2])
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    near = (abs((columns + 0.5) / side * 2 - 1 - x) < radius) & (abs((rows + 0.5) / side * 2 - 1 - y) < radius)
    mask = near & (distance(image, background_rgb(image)) > DIFFERENT)
    return bool(mask.sum() > 30) and color_of(image[eroded(mask)]) == color


def judge_landscape(image: np.ndarray, scene: Landscape) -> Verdict:
    """Sky and land by comparing with the empty scene, each feature by its color where it would be on either side.

    A feature counts as there when its main color covers at least half the area that it should.
    """
    empty = Landscape(scene.sky, scene.land, (), ())
    ideal = drawn(empty, image)
    off = distance(image, ideal)
    near, rows = off < 60, len(image)
    verdict = {"sky": bool(near[: rows // 3].mean() > 0.5), "land": bool(near[-rows // 5 :].mean() > 0.5)}
    for feature in (*scene.sky_features, *scene.land_features):
        if feature in scene.sky_features:
            alone = replace(empty, sky_features=(feature,))
        else:
            alone = replace(empty, land_features=(feature,), house_color=scene.house_color if feature == "house" else None)
        color, example = main_color(alone), drawn(alone, image)
        expected = ((distance(example, color) < 40) & (distance(example, ideal) > 20)).sum()
        found = ((distance(image, color) < 60) & (distance(image, color) < off)).sum()
        verdict[f"scene: {feature}"] = bool(found > 0.5 * expected)
    if scene.shape:
        verdict["scene: shape"] = scene.shape in shapes_in_sky(image, ideal)
    return verdict


def main_color(alone: Landscape) -> np.ndarray:
    """The color of the largest part of the only feature."""
    parts = [layer for layer in landscape_layers(alone, (1.0, 1.0)) if layer.object]
    return np.array(max(parts, key=lambda layer: layer.radius_x * layer.radius_y).color)


def drawn(scene: Landscape, like: np.ndarray) -> np.ndarray:
    height, width = like.shape[:2]
    return to_bytes(render([scene], width, height)[0])[0]


def shapes_in_sky(image: np.ndarray, ideal: np.ndarray) -> list[tuple[str, str]]:
    mask = distance(image, ideal) > 60
    mask[len(mask) // 2 :] = False
    return [(seen.color, seen.shape) for seen in (look_at(image, part) for part in components(mask))]
