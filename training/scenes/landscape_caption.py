"""Captions of landscapes. `rng` None: the plain caption, as the judges ask for it."""

import random

from .phrases import article, chance, spelled, thing_name, thing_phrase
from .scene import Landscape
from .vocabulary import NUMBERS, SEA_VERBS, SKY_VERBS, VERBS

LAND_PREPOSITIONS = {"hills": ("on the", "in the"), "sea": ("on the", "by the"), "mountains": ("in the", "by the"),
                     "grass": ("on the", "in the"), "snow": ("in the",), "desert": ("in the",)}  # fmt: skip
THING_PREPOSITIONS = LAND_PREPOSITIONS | {"sea": ("in the", "on the"), "snow": ("in the", "in")}


def pick(options: tuple[str, ...], rng: random.Random | None) -> str:
    return rng.choice(options) if rng else options[0]


def joined(phrases: list[str]) -> str:
    return " and ".join(phrases)


def feature_phrase(feature: str, scene: Landscape, rng: random.Random | None) -> str:
    if feature in ("sun", "moon"):
        return f"the {feature}" + (" on the left" if scene.sky_side < 0 else "")
    if feature in ("stars", "clouds", "trees"):
        return feature
    word = spelled(feature, rng)
    colored = feature == "house" and (rng is None or scene.house_color != "red" or rng.random() < 0.5)
    return article(f"{scene.house_color} {word}" if colored else word)


def kept_phrases(features: tuple[str, ...], scene: Landscape, rng: random.Random | None, share: float) -> list[str]:
    """Phrases of the features, of which a `share` is kept."""
    return [feature_phrase(feature, scene, rng) for feature in features if rng is None or rng.random() < share]


def describe_drawn_landscape(scene: Landscape, rng: random.Random | None) -> str:
    """`a red house and a tree on the hills with the sun`."""
    land, sky = (kept_phrases(features, scene, rng, 0.9) for features in (scene.land_features, scene.sky_features))
    if scene.shape:
        color, shape = scene.shape
        sky.append(article(f"{spelled(color, rng)} {spelled(shape, rng)}"))
    preposition = pick(LAND_PREPOSITIONS[scene.land], rng)
    if land:
        text = f"{joined(land)} {preposition} {spelled(scene.land, rng)}"
        if sky:
            text += f" {pick(('with', 'and', 'under'), rng)} {joined(sky)}"
    elif sky:
        text = f"{joined(sky)} {pick(('over', 'above'), rng)} the {spelled(scene.land, rng)}"
    else:
        text = f"the {spelled(scene.land, rng)}"
    if scene.sky != "day":
        when = f"at {spelled(scene.sky, rng)}"
        return f"{when}, {text}" if chance(rng, 0.12) else f"{text} {when}"
    return f"{text} in the {spelled('day', rng)}" if chance(rng, 0.3) else text


def bare_landscape(scene: Landscape, rng: random.Random) -> str:
    """One part of it alone, as in a negative prompt."""
    features = [
        feature_phrase(feature, scene, rng).removeprefix("the ").removeprefix("a ").removeprefix("an ")
        for feature in (*scene.sky_features, *scene.land_features)
    ]
    return rng.choice([spelled(scene.land, rng), spelled(scene.sky, rng), *features, *features])


def describe_thing_landscape(scene: Landscape, rng: random.Random | None) -> str:
    """`a fox in the snow with the moon at night`, `a rocket in the night sky with stars`, `two cats on the grass`."""
    if scene.number:
        subject = f"{spelled(NUMBERS[scene.number], rng)} {thing_name(scene.objects[0], rng, several=True, landscape=True)}"
    else:
        subject = joined([thing_phrase(one, rng, landscape=True) for one in scene.objects])
    if chance(rng, 0.1):
        subject += f" {pick({'sky': SKY_VERBS, 'sea': SEA_VERBS}.get(scene.habitat, VERBS), rng)}"
    where, time_is_said = where_words(scene, rng)
    text = f"{subject} {where}"
    if sky := kept_phrases(scene.sky_features, scene, rng, 0.92):
        text += f" {pick(('with', 'with', 'and', 'under'), rng)} {joined(sky)}"
    if scene.sky != "day" and not time_is_said and (rng is None or rng.random() < 0.95):
        when = f"at {spelled(scene.sky, rng)}"
        return f"{when}, {text}" if chance(rng, 0.1) else f"{text} {when}"
    if scene.sky == "day" and chance(rng, 0.1):
        return f"{text} in the {spelled('day', rng)}"
    return text


def where_words(scene: Landscape, rng: random.Random | None) -> tuple[str, bool]:
    """Where the things are, and whether that says the time of day already."""
    if scene.habitat != "sky":
        preposition = pick(THING_PREPOSITIONS[scene.land], rng)
        return f"{preposition} {spelled(scene.land, rng)}", False
    roll = rng.random() if rng else 0.0
    if scene.land != "sky":
        over = pick(("over", "above", "flying over"), rng)
        return f"{over} the {spelled(scene.land, rng)}", False
    if scene.sky != "day" and roll <= 0.6:
        return f"in the {spelled(scene.sky, rng)} sky", True
    where = pick(("in the sky", "in the sky", "in the air"), rng)
    return where + (" in the day" if scene.sky == "day" and chance(rng, 0.15) else ""), False
