"""Tells a scene in words: whole, in part, or as bare words; with synonyms, and now and then a word that means nothing."""

import random

from .scene import Figures, Landscape, Scene, Thing
from .tokenizer import nonsense_word
from .vocabulary import NUMBERS, PLURALS, spellings

LAND_PHRASES = {"hills": ("on the", "in the"), "sea": ("on the", "by the"), "mountains": ("in the", "by the"),
                "grass": ("on the", "in the"), "snow": ("in the",), "desert": ("in the",)}  # fmt: skip
SKY_PHRASES = {"day": ("in the",), "night": ("at",), "sunset": ("at",)}


def caption(scene: Scene, rng: random.Random) -> str:
    """A caption as people type them: usually whole, sometimes only a word or two of it."""
    roll = rng.random()
    if isinstance(scene, Landscape):
        text = bare_landscape(scene, rng) if roll < 0.12 else tell_landscape(scene, rng)
    else:
        text = bare_figures(scene, rng) if roll < 0.16 else tell_figures(scene, rng, leave_out=0.12)
    if rng.random() < 0.04:
        parts = text.split()
        parts.insert(rng.randint(0, len(parts)), nonsense_word(rng))
        text = " ".join(parts)
    return text


def full_caption(scene: Scene) -> str:
    """The whole caption in first spellings, as the judge asks for it."""
    if isinstance(scene, Landscape):
        return tell_landscape(scene, random.Random(0), plain=True)
    return tell_figures(scene, None, leave_out=0)


def spelled(concept: str, rng: random.Random | None) -> str:
    """The concept's first spelling most of the time, else one of its synonyms."""
    options = spellings(concept)
    return rng.choice(options) if rng and rng.random() < 0.25 else options[0]


def chance(rng: random.Random | None, share: float) -> bool:
    return rng is not None and rng.random() < share


def article(noun_phrase: str) -> str:
    return ("an " if noun_phrase[0] in "aeiou" else "a ") + noun_phrase


def thing_words(
    thing: Thing, rng: random.Random | None, leave_out: float, *, size: bool = True, shape_open: float = 0.08
) -> list[str]:
    """Size, texture, colour, shape; `shape_open` is how often the shape is only called a shape."""
    words = []
    if size and thing.size != "medium":
        words.append((thing.size, 0.5))
    if thing.texture != "plain" or chance(rng, 0.05):
        words.append((thing.texture, 0.5))
    words.append((thing.colour, 1.0))
    kept = [spelled(word, rng) for word, weight in words if not chance(rng, leave_out * weight)]
    return [*kept, "shape" if chance(rng, shape_open) else spelled(thing.shape, rng)]


def ground_words(scene: Figures, rng: random.Random | None) -> str:
    texture = f"{spelled(scene.ground_texture, rng)} " if scene.ground_texture != "plain" else ""
    return f"{texture}{spelled(scene.ground, rng)} {spelled('background', rng)}"


def place_words(place: str, rng: random.Random | None) -> str:
    words = " ".join(spelled(word, rng) for word in place.split())
    if " " in place:
        return f"in the {words}" + (" corner" if chance(rng, 0.3) else "")
    if place == "center":
        return f"in the {words}"
    return rng.choice((f"at the {words}", f"on the {words}", f"in the {words}")) if rng else f"at the {words}"


def relation_words(relation: str, rng: random.Random | None) -> str:
    if relation == "next to" and chance(rng, 0.4):
        return "and"
    if relation in ("left of", "right of") and chance(rng, 0.5):
        return "to the " + relation
    return spelled(relation, rng)


def tell_figures(scene: Figures, rng: random.Random | None, leave_out: float) -> str:
    if scene.number:
        *qualities, shape = thing_words(scene.things[0], rng, leave_out, size=False)
        singular_known = shape in PLURALS
        text = " ".join([spelled(NUMBERS[scene.number], rng), *qualities, PLURALS[shape] if singular_known else "shapes"])
    elif scene.relation:
        first, second = (article(" ".join(thing_words(thing, rng, leave_out, size=scene.relation != "inside")))
                         for thing in scene.things)  # fmt: skip
        text = f"{first} {relation_words(scene.relation, rng)} {second}"
    else:
        # More often than with several things: an open shape is what a negative prompt is asked to rule out.
        text = article(" ".join(thing_words(scene.things[0], rng, leave_out, shape_open=0.2)))
        if scene.place and not chance(rng, leave_out):
            text += " " + place_words(scene.place, rng)
    if chance(rng, leave_out):
        return text
    if chance(rng, 0.15):
        return f"{text}, {ground_words(scene, rng)}"
    return f"{text} on {article(ground_words(scene, rng))}"


def bare_figures(scene: Figures, rng: random.Random) -> str:
    """One quality alone, as in a negative prompt."""
    thing = scene.things[0]
    options = [ground_words(scene, rng), *[spelled(thing.shape, rng)] * 2, spelled(thing.colour, rng),
               f"{spelled(thing.colour, rng)} {spelled(thing.shape, rng)}", f"{spelled(thing.colour, rng)} shape"]  # fmt: skip
    if thing.texture != "plain":
        options += [spelled(thing.texture, rng)] * 2
    if scene.place:
        options.append(place_words(scene.place, rng).removeprefix("in the "))
    if scene.number:
        options.append(f"{spelled(NUMBERS[scene.number], rng)} {PLURALS.get(spelled(thing.shape, rng), 'shapes')}")
    return rng.choice(options)


def joined(phrases: list[str]) -> str:
    return " and ".join(phrases)


def sky_phrase(scene: Landscape, rng: random.Random) -> str:
    return f"{SKY_PHRASES[scene.sky][0]} {spelled(scene.sky, rng)}"


def thing_phrase(thing: str, scene: Landscape, rng: random.Random, plain: bool) -> str:
    if thing in ("sun", "moon"):
        return f"the {thing}" + (" on the left" if scene.sky_side < 0 else "")
    if thing in ("stars", "clouds", "trees"):
        return thing
    word = thing if plain else spelled(thing, rng)
    named = thing == "house" and (plain or scene.house_colour != "red" or rng.random() < 0.5)
    return article(f"{scene.house_colour} {word}" if named else word)


def tell_landscape(scene: Landscape, rng: random.Random, *, plain: bool = False) -> str:
    def say(concept: str) -> str:
        return concept if plain else spelled(concept, rng)

    def kept(things: tuple[str, ...]) -> list[str]:
        return [thing_phrase(thing, scene, rng, plain) for thing in things if plain or rng.random() < 0.9]

    land, sky = kept(scene.land_things), kept(scene.sky_things)
    if scene.shape:
        sky.append(article(f"{say(scene.shape[0])} {say(scene.shape[1])}"))
    preposition = LAND_PHRASES[scene.land][0] if plain else rng.choice(LAND_PHRASES[scene.land])
    if land:
        text = f"{joined(land)} {preposition} {say(scene.land)}"
        if sky:
            text += f" {'with' if plain else rng.choice(('with', 'and', 'under'))} {joined(sky)}"
    elif sky:
        text = f"{joined(sky)} {'over' if plain else rng.choice(('over', 'above'))} the {say(scene.land)}"
    else:
        text = f"the {say(scene.land)}"
    if scene.sky != "day":
        when = f"at {say(scene.sky)}"
        return f"{when}, {text}" if not plain and rng.random() < 0.12 else f"{text} {when}"
    return f"{text} in the {say('day')}" if not plain and rng.random() < 0.3 else text


def bare_landscape(scene: Landscape, rng: random.Random) -> str:
    things = [thing_phrase(thing, scene, rng, False).removeprefix("the ").removeprefix("a ").removeprefix("an ")
              for thing in (*scene.sky_things, *scene.land_things)]  # fmt: skip
    return rng.choice([spelled(scene.land, rng), spelled(scene.sky, rng), *things, *things])
