"""Compares what a picture shows with what its caption asked for. Each verdict is a dict of quality -> right or wrong."""

import numpy as np

from .landscape_layers import landscape_layers
from .observe import components, ground_of, look_at, nested_in, things_in
from .render import render
from .sample_scene import OFFSETS
from .scene import Figures, Landscape
from .vocabulary import PLACES

PLACE_EDGE = 0.25  # a centre further out than this (in picture units) is off the middle
Verdict = dict[str, bool]


def judge_figures(picture: np.ndarray, scene: Figures) -> Verdict:
    verdict = {"ground colour": ground_of(picture) == scene.ground}
    if scene.relation:
        return verdict | {"pair": judge_pair(picture, scene)}
    things = things_in(picture)
    if scene.number:
        wanted = scene.things[0]
        alike = len(things) == scene.number and all((t.colour, t.shape) == (wanted.colour, wanted.shape) for t in things)
        return verdict | {"count": len(things) == scene.number, "count, colour and shape": alike}
    wanted, seen = scene.things[0], things[0] if things else None
    verdict["object colour"] = seen is not None and seen.colour == wanted.colour
    verdict["shape"] = seen is not None and seen.shape == wanted.shape
    verdict["one object"] = len(things) == 1
    if scene.place:
        verdict["position"] = seen is not None and (third(seen.x), third(seen.y)) == PLACES[scene.place]
    if wanted.texture != "plain":
        verdict["texture"] = seen is not None and seen.texture == wanted.texture
    return verdict


def third(offset: float) -> int:
    return 0 if abs(offset) <= PLACE_EDGE else int(np.sign(offset))


def judge_pair(picture: np.ndarray, scene: Figures) -> bool:
    """Both colours, both shapes and the order."""
    first, second = scene.things
    if scene.relation == "inside":
        nested = nested_in(picture)
        return nested is not None and all(
            (seen.colour, seen.shape) == (wanted.colour, wanted.shape) for seen, wanted in zip(nested, (first, second))
        )
    things = things_in(picture)
    if len(things) != 2:
        return False
    way = np.array(OFFSETS[scene.relation or ""])
    things.sort(key=lambda thing: -float(way @ (thing.x, thing.y)))
    apart = np.abs([things[0].x - things[1].x, things[0].y - things[1].y])
    along = apart[0] > apart[1] if way[0] else apart[1] > apart[0]
    return bool(along) and all(
        (seen.colour, seen.shape) == (wanted.colour, wanted.shape) for seen, wanted in zip(things, (first, second))
    )


def similar(pixels: np.ndarray, colour: tuple[float, ...], reach: float = 60) -> np.ndarray:
    return np.linalg.norm(pixels.astype(np.float32) - np.array(colour), axis=-1) < reach


def judge_landscape(picture: np.ndarray, scene: Landscape) -> Verdict:
    """Sky and land by comparing with the empty scene, each thing by its colour where it would stand on either side.

    A thing counts as there when its main colour covers at least half the area that it should.
    """
    empty = Landscape(scene.sky, scene.land, (), ())
    ideal = to_bytes(empty)
    rows = len(picture)
    off = np.linalg.norm(picture.astype(np.float32) - ideal, axis=-1)
    near = off < 60
    verdict = {"sky": bool(near[: rows // 3].mean() > 0.5), "land": bool(near[-rows // 5 :].mean() > 0.5)}
    for thing in (*scene.sky_things, *scene.land_things):
        alone = Landscape(
            scene.sky, scene.land,
            (thing,) if thing in scene.sky_things else (), (thing,) if thing in scene.land_things else (),
            scene.house_colour if thing == "house" else None,
        )  # fmt: skip
        colour = main_colour(alone)
        changed = np.linalg.norm(to_bytes(alone).astype(np.float32) - ideal, axis=-1) > 20
        expected = (similar(to_bytes(alone), colour, 40) & changed).sum()
        closer = np.linalg.norm(picture.astype(np.float32) - np.array(colour), axis=-1) < off
        found = (similar(picture, colour) & closer).sum()
        verdict[f"scene: {thing}"] = bool(found > 0.5 * expected)
    if scene.shape:
        things = things_in_sky(picture, ideal)
        verdict["scene: shape"] = scene.shape in things
    return verdict


def main_colour(alone: Landscape) -> tuple[float, ...]:
    """The colour of the largest part of the only thing."""
    parts = [layer for layer in landscape_layers(alone, (1.0, 1.0)) if layer.thing]
    return max(parts, key=lambda layer: layer.radius_x * layer.radius_y).colour


def to_bytes(scene: Landscape) -> np.ndarray:
    picture, _ = render([scene])
    return ((picture[0] + 1) * 127.5).clamp(0, 255).byte().permute(1, 2, 0).numpy()


def things_in_sky(picture: np.ndarray, ideal: np.ndarray) -> list[tuple[str, str]]:
    mask = np.linalg.norm(picture.astype(np.float32) - ideal, axis=-1) > 60
    mask[len(mask) // 2 :] = False
    return [(seen.colour, seen.shape) for seen in (look_at(picture, part) for part in components(mask))]
