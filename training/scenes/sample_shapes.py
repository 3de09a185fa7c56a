"""Random scenes of shapes, and landscapes of drawn features."""

import random
from dataclasses import replace

from .scene import Arrangement, Landscape, Object
from .vocabulary import COLORS, LANDS, NUMBERS, PLACES, RELATIONS, SHAPES, TEXTURES

RADII = {"small": 0.34, "medium": 0.42, "large": 0.52}
# Radius and centers, laid out as on dice: one layout per number is learned far sooner than numbers strewn about.
LAYOUTS: dict[int, tuple[float, tuple[tuple[float, float], ...]]] = {
    2: (0.36, ((-0.48, 0), (0.48, 0))),
    3: (0.32, ((0, -0.46), (-0.5, 0.42), (0.5, 0.42))),
    4: (0.32, ((-0.48, -0.48), (0.48, -0.48), (-0.48, 0.48), (0.48, 0.48))),
    5: (0.29, ((-0.6, -0.6), (0.6, -0.6), (0, 0), (-0.6, 0.6), (0.6, 0.6))),
}
OFFSETS = {"above": (0, -1), "below": (0, 1), "left of": (-1, 0), "right of": (1, 0), "next to": (-1, 0)}
HOUSE_COLORS = ("red", "blue", "white", "yellow", "pink", "purple", "orange", "brown")
SOLID = ("circle", "square", "heart")  # with room for something inside
SPACING = 0.48  # of the two objects of a pair from the middle


def sample_background(rng: random.Random, texture_share: float) -> tuple[str, str]:
    """Color and texture."""
    texture = rng.choice(TEXTURES[1:]) if rng.random() < texture_share else "plain"
    return rng.choice(list(COLORS)), texture


def jitter(rng: random.Random, reach: float) -> tuple[float, float]:
    return rng.uniform(-reach, reach), rng.uniform(-reach, reach)


def at_place(rng: random.Random, place: str, radius: float, aspect: tuple[float, float]) -> tuple[float, float]:
    """A center in one of the nine parts of an image, so that all of the object is inside."""
    room = min(0.52, 0.97 - radius)
    (side_x, side_y), (dx, dy) = PLACES[place], jitter(rng, 0.05)
    return side_x * (room + aspect[0] - 1) + dx, side_y * (room + aspect[1] - 1) + dy


def pair_center(rng: random.Random, relation: str, side: int, aspect: tuple[float, float], reach: float) -> tuple[float, float]:
    """The center of the first (`side` 1) or the second (-1) object of a relation other than "inside"."""
    (way_x, way_y), (dx, dy) = OFFSETS[relation], jitter(rng, reach)
    return side * way_x * (SPACING * aspect[0]) + dx, side * way_y * (SPACING * aspect[1]) + dy


def sample_shape(
    rng: random.Random, background: str, x: float, y: float, *, scale: float = 1.0, size: str | None = None
) -> Object:
    size = size or rng.choice(("small", "medium", "medium", "large"))
    return Object(
        shape=rng.choice(SHAPES),
        color=rng.choice([color for color in COLORS if color != background]),
        texture=rng.choice(TEXTURES[1:]) if size != "small" and rng.random() < 0.36 else "plain",
        size=size,
        x=x,
        y=y,
        radius=RADII[size] * scale * rng.uniform(0.96, 1.04),
    )


def sample_single(rng: random.Random, aspect: tuple[float, float]) -> Arrangement:
    background, texture = sample_background(rng, 0.07)
    size = rng.choice(("small", "medium", "medium", "large"))
    place = rng.choice(list(PLACES)) if rng.random() < 0.6 else None
    x, y = at_place(rng, place, RADII[size], aspect) if place else jitter(rng, 0.12)
    return Arrangement(background, texture, (sample_shape(rng, background, x, y, size=size),), place=place)


def sample_pair(rng: random.Random, aspect: tuple[float, float], relation: str | None = None) -> Arrangement:
    background, texture = sample_background(rng, 0.04)
    relation = relation or rng.choice(RELATIONS)
    if relation == "inside":
        x, y = jitter(rng, 0.08)
        outer = sample_shape(rng, background, x, y, scale=1.5, size="large")
        solid = [shape for shape in SOLID if shape != outer.shape]
        outer = replace(outer, shape=rng.choice(solid), texture="plain")
        inner = sample_shape(rng, background, x, y, size="small", scale=1.15)
        free = [color for color in COLORS if color not in (background, outer.color)]
        return Arrangement(background, texture, (replace(inner, color=rng.choice(free)), outer), relation=relation)
    centers = [pair_center(rng, relation, side, aspect, 0.04) for side in (1, -1)]
    objects = tuple(sample_shape(rng, background, x, y, scale=0.86) for x, y in centers)
    return Arrangement(background, texture, objects, relation=relation)


def several(
    rng: random.Random, model: Object, layout: tuple[tuple[float, float], ...], aspect: tuple[float, float]
) -> tuple[Object, ...]:
    """Copies of an object, laid out."""
    return tuple(
        replace(model, x=x * aspect[0] + rng.uniform(-0.03, 0.03), y=y * aspect[1] + rng.uniform(-0.03, 0.03)) for x, y in layout
    )


def sample_count(rng: random.Random, aspect: tuple[float, float]) -> Arrangement:
    background, texture = sample_background(rng, 0.03)
    number = rng.choice(list(NUMBERS))
    radius, layout = LAYOUTS[number]
    model = sample_shape(rng, background, 0, 0, size="medium")
    if rng.random() < 0.5:
        model = replace(model, texture="plain")
    model = replace(model, radius=radius * rng.uniform(0.95, 1.05))
    return Arrangement(background, texture, several(rng, model, layout, aspect), number=number)


def sample_landscape(rng: random.Random, _: tuple[float, float] = (1.0, 1.0)) -> Landscape:
    sky = rng.choices(("day", "night", "sunset"), (0.5, 0.3, 0.2))[0]
    land = rng.choice(LANDS)
    sky_features = []
    if sky == "night":
        sky_features += [feature for feature, share in (("moon", 0.6), ("stars", 0.6)) if rng.random() < share]
    elif sky == "sunset":
        sky_features += ["sun"] if rng.random() < 0.6 else []
    elif rng.random() < 0.15:
        sky_features += ["rainbow"]
    else:
        sky_features += ["sun"] if rng.random() < 0.5 else []
    if sky != "night" and "rainbow" not in sky_features and rng.random() < 0.35:
        sky_features += [rng.choice(("cloud", "clouds"))]
    land_features = []
    if land == "sea":
        land_features += ["boat"] if rng.random() < 0.6 else []
    else:
        land_features += ["house"] if rng.random() < 0.45 else []
        land_features += [rng.choice(("tree", "trees"))] if rng.random() < 0.4 else []
    shape = None
    if not sky_features and not land_features and rng.random() < 0.7:
        shape = (rng.choice(list(COLORS)), rng.choice(SHAPES))
    # What a caption leaves open is drawn alike: a small model that is free to put the sun on either side puts it on both. So the
    # sun is on the right unless the caption says left, and a house is red unless it says otherwise.
    sided = "sun" in sky_features or "moon" in sky_features
    sky_side = -1 if sided and rng.random() < 0.25 else 1
    return Landscape(
        sky=sky,
        land=land,
        sky_features=tuple(sky_features),
        land_features=tuple(land_features),
        house_color=rng.choice(("red", *HOUSE_COLORS)) if "house" in land_features else None,
        shape=shape,
        sky_side=sky_side,
        land_side=-sky_side,
        jitter=(rng.uniform(-0.05, 0.05), rng.uniform(-0.03, 0.03)),
    )
