"""Draws scenes at random. The shares below are the curriculum."""

import random

from .scene import Figures, Landscape, Scene, Thing, is_held_out
from .vocabulary import COLOURS, LANDS, NUMBERS, PLACES, RELATIONS, SHAPES, TEXTURES

RADII = {"small": 0.34, "medium": 0.42, "large": 0.52}
# Dice-like layouts: one picture per number is learnt far sooner than numbers strewn about.
LAYOUTS: dict[int, tuple[float, tuple[tuple[float, float], ...]]] = {
    2: (0.36, ((-0.48, 0), (0.48, 0))),
    3: (0.32, ((0, -0.46), (-0.5, 0.42), (0.5, 0.42))),
    4: (0.32, ((-0.48, -0.48), (0.48, -0.48), (-0.48, 0.48), (0.48, 0.48))),
    5: (0.29, ((-0.6, -0.6), (0.6, -0.6), (0, 0), (-0.6, 0.6), (0.6, 0.6))),
}
OFFSETS = {"above": (0, -1), "below": (0, 1), "left of": (-1, 0), "right of": (1, 0), "next to": (-1, 0)}
HOUSE_COLOURS = ("red", "blue", "white", "yellow", "pink", "purple", "orange", "brown")


def sample_scene(rng: random.Random, aspect: tuple[float, float] = (1.0, 1.0), *, held_out: bool = False) -> Scene:
    """A scene for a picture of half-width and half-height `aspect` (the shorter is 1); never a held-out one unless asked."""
    while True:
        roll = rng.random()
        if roll < 0.26:
            scene: Scene = sample_single(rng, aspect)
        elif roll < 0.68:
            scene = sample_pair(rng, aspect)
        elif roll < 0.77:
            scene = sample_pair(rng, aspect, "inside")  # the hardest relation, so more of it
        elif roll < 0.87:
            scene = sample_count(rng, aspect)
        else:
            scene = sample_landscape(rng)
        if is_held_out(scene) == held_out:
            return scene


def sample_ground(rng: random.Random, texture_share: float = 0.07) -> tuple[str, str]:
    texture = rng.choice(TEXTURES[1:]) if rng.random() < texture_share else "plain"
    return rng.choice(list(COLOURS)), texture


def sample_thing(rng: random.Random, ground: str, x: float, y: float, *, scale: float = 1.0, size: str | None = None) -> Thing:
    size = size or rng.choice(("small", "medium", "medium", "large"))
    return Thing(
        shape=rng.choice(SHAPES),
        colour=rng.choice([colour for colour in COLOURS if colour != ground]),
        texture=rng.choice(TEXTURES[1:]) if size != "small" and rng.random() < 0.36 else "plain",
        size=size,
        x=x,
        y=y,
        radius=RADII[size] * scale * rng.uniform(0.96, 1.04),
    )


def sample_single(rng: random.Random, aspect: tuple[float, float]) -> Figures:
    ground, texture = sample_ground(rng)
    size = rng.choice(("small", "medium", "medium", "large"))
    place = rng.choice(list(PLACES)) if rng.random() < 0.6 else None
    if place:
        side_x, side_y = PLACES[place]
        room = min(0.52, 0.97 - RADII[size])
        x = side_x * (room + aspect[0] - 1) + rng.uniform(-0.05, 0.05)
        y = side_y * (room + aspect[1] - 1) + rng.uniform(-0.05, 0.05)
    else:
        x, y = rng.uniform(-0.12, 0.12), rng.uniform(-0.12, 0.12)
    return Figures(ground, texture, (sample_thing(rng, ground, x, y, size=size),), place=place)


def sample_pair(rng: random.Random, aspect: tuple[float, float], relation: str | None = None) -> Figures:
    ground, texture = sample_ground(rng, 0.04)
    relation = relation or rng.choice(RELATIONS)
    if relation == "inside":
        x, y = rng.uniform(-0.08, 0.08), rng.uniform(-0.08, 0.08)
        outer = sample_thing(rng, ground, x, y, scale=1.5, size="large")
        solid = [shape for shape in ("circle", "square", "heart") if shape != outer.shape]
        outer = Thing(rng.choice(solid), outer.colour, "plain", "large", x, y, outer.radius)
        inner = sample_thing(rng, ground, x, y, size="small", scale=1.15)
        free = [colour for colour in COLOURS if colour not in (ground, outer.colour)]
        inner = Thing(inner.shape, rng.choice(free), "plain", "small", x, y, inner.radius)
        return Figures(ground, texture, (inner, outer), relation=relation)
    way_x, way_y = OFFSETS[relation]
    distance_x, distance_y = 0.48 * aspect[0], 0.48 * aspect[1]
    places = [
        (sign * way_x * distance_x + rng.uniform(-0.04, 0.04), sign * way_y * distance_y + rng.uniform(-0.04, 0.04))
        for sign in (1, -1)
    ]
    things = tuple(sample_thing(rng, ground, x, y, scale=0.86) for x, y in places)
    return Figures(ground, texture, things, relation=relation)


def sample_count(rng: random.Random, aspect: tuple[float, float]) -> Figures:
    ground, texture = sample_ground(rng, 0.03)
    number = rng.choice(list(NUMBERS))
    radius, layout = LAYOUTS[number]
    model = sample_thing(rng, ground, 0, 0, size="medium")
    if rng.random() < 0.5:
        model = Thing(model.shape, model.colour, "plain", model.size, 0, 0, radius)
    radius *= rng.uniform(0.95, 1.05)
    things = tuple(
        Thing(model.shape, model.colour, model.texture, model.size,
              x * aspect[0] + rng.uniform(-0.03, 0.03), y * aspect[1] + rng.uniform(-0.03, 0.03), radius)
        for x, y in layout
    )  # fmt: skip
    return Figures(ground, texture, things, number=number)


def sample_landscape(rng: random.Random) -> Landscape:
    sky = rng.choices(("day", "night", "sunset"), (0.5, 0.3, 0.2))[0]
    land = rng.choice(LANDS)
    sky_things = []
    if sky == "night":
        sky_things += [thing for thing, share in (("moon", 0.6), ("stars", 0.6)) if rng.random() < share]
    elif sky == "sunset":
        sky_things += ["sun"] if rng.random() < 0.6 else []
    elif rng.random() < 0.15:
        sky_things += ["rainbow"]
    else:
        sky_things += ["sun"] if rng.random() < 0.5 else []
    if sky != "night" and "rainbow" not in sky_things and rng.random() < 0.35:
        sky_things += [rng.choice(("cloud", "clouds"))]
    land_things = []
    if land == "sea":
        land_things += ["boat"] if rng.random() < 0.6 else []
    else:
        land_things += ["house"] if rng.random() < 0.45 else []
        land_things += [rng.choice(("tree", "trees"))] if rng.random() < 0.4 else []
    shape = None
    if not sky_things and not land_things and rng.random() < 0.7:
        shape = (rng.choice(list(COLOURS)), rng.choice(SHAPES))
    # What a caption leaves open is drawn alike: a small model asked for "the sun" and free to put it on either side puts it
    # on both. So the sun is to the right unless the caption says left, and a house is red unless it says otherwise.
    sided = "sun" in sky_things or "moon" in sky_things
    sky_side = -1 if sided and rng.random() < 0.25 else 1
    return Landscape(
        sky=sky,
        land=land,
        sky_things=tuple(sky_things),
        land_things=tuple(land_things),
        house_colour=rng.choice(("red", *HOUSE_COLOURS)) if "house" in land_things else None,
        shape=shape,
        sky_side=sky_side,
        land_side=-sky_side,
        jitter=(rng.uniform(-0.05, 0.05), rng.uniform(-0.03, 0.03)),
    )
