"""The phrases that captions are made of. `rng` None: the plain phrase, in first spellings."""

import random

from .sample_things import landscape_names
from .scene import Object
from .things import plural, things
from .vocabulary import known_words, spellings


def chance(rng: random.Random | None, share: float) -> bool:
    return rng is not None and rng.random() < share


def spelled(concept: str, rng: random.Random | None) -> str:
    """The concept's first spelling most of the time, else any of them."""
    options = spellings(concept)
    return rng.choice(options) if rng and rng.random() < 0.25 else options[0]


def article(noun_phrase: str) -> str:
    return ("an " if noun_phrase[0] in "aeiou" else "a ") + noun_phrase


def shape_words(
    one: Object, rng: random.Random | None, leave_out: float, *, size: bool = True, shape_open: float = 0.08
) -> list[str]:
    """Size, texture, color, shape; `shape_open` is how often the shape is only called a shape."""
    words = []
    if size and one.size != "medium":
        words.append((one.size, 0.5))
    if one.texture != "plain" or chance(rng, 0.05):
        words.append((one.texture, 0.5))
    words.append((one.color, 1.0))
    kept = [spelled(word, rng) for word, weight in words if not chance(rng, leave_out * weight)]
    return [*kept, "shape" if chance(rng, shape_open) else spelled(one.shape, rng)]


def thing_name(one: Object, rng: random.Random | None, *, several: bool = False, landscape: bool = False) -> str:
    """The everyday name or one of the others; before it the color, if it is not the thing's own."""
    thing = things()[one.shape]
    names = landscape_names(thing) if landscape else thing.names
    name = names[0] if rng is None or rng.random() < 0.55 else rng.choice(names)
    color = f"{spelled(one.color, rng)} " if one.color else ""
    return color + (plural(name) if several else name)


def thing_phrase(one: Object, rng: random.Random | None, *, size: bool = True, landscape: bool = False) -> str:
    """`a small fox`, `glasses`; people say "the fox" or leave the article out as well."""
    name = thing_name(one, rng, landscape=landscape)
    if size and one.size != "medium" and not chance(rng, 0.1):
        name = f"{spelled(one.size, rng)} {name}"
    if not things()[one.shape].countable:
        return article(name) if chance(rng, 0.15) else name
    roll = rng.random() if rng else 1
    return name if roll < 0.08 else f"the {name}" if roll < 0.12 else f"one {name}" if roll < 0.14 else article(name)


def nonsense_word(rng: random.Random) -> str:
    """A pronounceable word outside the vocabulary: it is put into captions so that unknown words come to mean nothing."""
    while True:
        word = "".join(rng.choice("bcdfghjklmnprstvwz") + rng.choice("aeiou") for _ in range(rng.randint(2, 3)))
        word += rng.choice(["", "", "n", "s", "t", "r"])
        if word not in known_words():
            return word
