"""Random scenes of things by name: one, a pair, several alike, or in a landscape."""

import random
from dataclasses import replace
from functools import cache

from .sample_shapes import LAYOUTS, SOLID, at_place, jitter, pair_center, sample_background, sample_shape, several
from .scene import Arrangement, Landscape, Object
from .things import Thing, things
from .vocabulary import COLORS, LAND_FEATURES, LANDS, NUMBERS, PLACES, RELATIONS, SKY_FEATURES, SYNONYMS

RADII = {"small": 0.36, "medium": 0.56, "large": 0.72}
RECOLORED_SHARE = 0.2
LANDS_WITH_SOIL = tuple(land for land in LANDS if land != "sea")
LANDS_UNDER_THE_SKY = (*LANDS_WITH_SOIL, "sea", "sky", "sky", "sky")


def frequency(thing: Thing) -> float:
    return 2.0 if "frequent" in thing.properties else 1.0


@cache
def all_things() -> tuple[list[Thing], list[float]]:
    return list(things().values()), [frequency(thing) for thing in things().values()]


@cache
def taken_words() -> frozenset[str]:
    """Words that already mean something in a landscape: `a boat` is the drawn one there."""
    return frozenset(word for concept in (*LAND_FEATURES, *SKY_FEATURES) for word in (concept, *SYNONYMS.get(concept, ())))


def landscape_names(thing: Thing) -> tuple[str, ...]:
    return tuple(name for name in thing.names if name not in taken_words())


@cache
def inhabitants() -> dict[str, tuple[list[Thing], list[float]]]:
    """Habitat -> who can be there, and how often: those at home on the land ten times as often as others."""
    named = [thing for thing in things().values() if landscape_names(thing)]
    land = [thing for thing in named if "land" in thing.properties or not thing.properties & {"sky", "sea"}]
    sky, sea = ([thing for thing in named if place in thing.properties] for place in ("sky", "sea"))
    return {
        "land": (land, [(10.0 if "land" in thing.properties else 1.0) * frequency(thing) for thing in land]),
        "sky": (sky, [1.0] * len(sky)),
        "sea": (sea, [1.0] * len(sea)),
    }


def pick(rng: random.Random, candidates: tuple[list[Thing], list[float]], *, countable: bool = False) -> Thing:
    while True:
        thing = rng.choices(*candidates)[0]
        if thing.countable or not countable:
            return thing


def placed(
    rng: random.Random, thing: Thing, x: float, y: float, radius: float, size: str = "medium", background: str = ""
) -> Object:
    color = ""
    if "recolor" in thing.properties and rng.random() < RECOLORED_SHARE:
        color = rng.choice([color for color in COLORS if color != background])
    return Object(thing.icon, color, "plain", size, x, y, radius * rng.uniform(0.96, 1.04))


def sample_thing_single(rng: random.Random, aspect: tuple[float, float], texture_share: float = 0.07) -> Arrangement:
    background, texture = sample_background(rng, texture_share)
    size = rng.choices(("small", "medium", "large"), (0.2, 0.6, 0.2))[0]
    place = rng.choice(list(PLACES)) if rng.random() < 0.4 else None
    radius = RADII[size] * (0.8 if place else 1)
    x, y = at_place(rng, place, radius, aspect) if place else jitter(rng, 0.08)
    thing = pick(rng, all_things())
    return Arrangement(background, texture, (placed(rng, thing, x, y, radius, size, background),), place=place)


def sample_thing_pair(rng: random.Random, aspect: tuple[float, float]) -> Arrangement:
    """Two things, or a thing and a shape."""
    background, texture = sample_background(rng, 0.03)
    relation = rng.choice(RELATIONS)
    if relation == "inside":
        x, y = jitter(rng, 0.06)
        outer = sample_shape(rng, background, x, y, scale=1.5, size="large")
        outer = replace(outer, shape=rng.choice(SOLID), texture="plain")
        raised = 0.06 if outer.shape == "heart" else 0
        inner = placed(rng, pick(rng, all_things()), x, y - raised, 0.42, "small", outer.color)
        return Arrangement(background, texture, (inner, outer), relation=relation)
    shape_side = rng.choice((None, None, 1, -1))
    objects = []
    for side in (1, -1):
        x, y = pair_center(rng, relation, side, aspect, 0.03)
        if side == shape_side:
            objects.append(sample_shape(rng, background, x, y, scale=0.86))
        else:
            objects.append(placed(rng, pick(rng, all_things()), x, y, 0.43, background=background))
    return Arrangement(background, texture, tuple(objects), relation=relation)


def sample_thing_count(rng: random.Random, aspect: tuple[float, float]) -> Arrangement:
    background, texture = sample_background(rng, 0.03)
    number = rng.choice(list(NUMBERS))
    radius, layout = LAYOUTS[number]
    model = placed(rng, pick(rng, all_things(), countable=True), 0, 0, radius * 1.18, background=background)
    return Arrangement(background, texture, several(rng, model, layout, aspect), number=number)


def sample_thing_landscape(rng: random.Random, aspect: tuple[float, float]) -> Landscape:
    sky = rng.choices(("day", "night", "sunset"), (0.45, 0.35, 0.2))[0]
    habitat = rng.choices(("land", "sky", "sea"), (0.62, 0.26, 0.12))[0]
    land = {"land": rng.choice(LANDS_WITH_SOIL), "sea": "sea"}.get(habitat) or rng.choice(LANDS_UNDER_THE_SKY)
    sky_features = sample_sky_features(rng, sky, land, habitat)
    sided = bool({"sun", "moon"} & set(sky_features))
    sky_side = -1 if sided and rng.random() < 0.2 else 1
    if habitat == "sky":
        number, centers = 0, (flying_center(aspect, land, -sky_side if sided else 0),)
    else:
        number, centers = standing_centers(rng, aspect, land)
    chosen = [pick(rng, inhabitants()[habitat]) for _ in centers]
    if number:
        first = chosen[0] if chosen[0].countable else pick(rng, inhabitants()[habitat], countable=True)
        chosen = [first] * number
    shift = rng.uniform(-0.05, 0.05), rng.uniform(-0.03, 0.03)
    color = placed(rng, chosen[0], 0, 0, 1).color
    objects = tuple(
        Object(thing.icon, color if n == 0 or number else "", "plain", "medium", x + shift[0], y + shift[1], radius)
        for n, (thing, (x, y, radius)) in enumerate(zip(chosen, centers))
    )
    return Landscape(sky, land, tuple(sky_features), (), sky_side=sky_side, land_side=-sky_side,
                     jitter=(rng.uniform(-0.05, 0.05), rng.uniform(-0.03, 0.03)),
                     objects=objects, number=number, habitat=habitat)  # fmt: skip


def sample_sky_features(rng: random.Random, sky: str, land: str, habitat: str) -> list[str]:
    features: list[str] = []
    if rng.random() < 0.55:
        if sky == "night":
            features = rng.choice((["moon"], ["stars"], ["moon", "stars"]))
        elif sky == "sunset":
            features = ["sun"] if land != "sky" else []
        else:
            features = rng.choice((["sun"], ["sun"], ["rainbow"], ["cloud"], ["clouds"]))
    # Something that flies would cover clouds and rainbows.
    return [feature for feature in features if habitat != "sky" or feature in ("sun", "moon", "stars")]


def flying_center(aspect: tuple[float, float], land: str, side: int) -> tuple[float, float, float]:
    """Center and radius in the sky; away from the sun or moon, which leaves `side` free (0: there is none)."""
    if land == "sky":
        return 0.22 * side * aspect[0], 0.16 * abs(side), 0.56
    return 0.36 * side * aspect[0], -0.36 * aspect[1], 0.46


def standing_centers(
    rng: random.Random, aspect: tuple[float, float], land: str
) -> tuple[int, tuple[tuple[float, float, float], ...]]:
    """How many are alike (0: not alike), and centers and radii: one, two or three beside each other."""
    ax, ay = aspect
    foot = (0.15 + 0.5 if land == "sea" else 0.3 + 0.56) + (ay - 1) * 0.3
    roll = rng.random()
    if roll < 0.66:
        return 0, ((0.0, foot - 0.5, 0.5),)
    if roll < 0.9:
        return 2 if roll < 0.78 else 0, ((-0.46 * ax, foot - 0.4, 0.42), (0.46 * ax, foot - 0.4, 0.42))
    return 3, tuple((x * ax, foot - 0.28, 0.32) for x in (-0.63, 0.0, 0.63))
