"""Says in words what a scene shows: in whole or in part, with synonyms, and now and then with a word that means nothing.

Where `rng` may be None, None means the plain caption: all of it, in first spellings, as the judges ask for it.
"""

import random

from .landscape_caption import bare_landscape, describe_drawn_landscape, describe_thing_landscape
from .phrases import article, chance, nonsense_word, shape_words, spelled, thing_name, thing_phrase
from .scene import Arrangement, Object, Scene, things_in
from .vocabulary import ADJECTIVES, ENDINGS, NUMBERS, OPENINGS, PLURALS


def caption(scene: Scene, rng: random.Random) -> str:
    """A caption as people type them: usually whole, sometimes only a word or two of it."""
    roll = rng.random()
    if isinstance(scene, Arrangement):
        text = bare_arrangement(scene, rng) if roll < 0.16 else describe_arrangement(scene, rng, leave_out=0.12)
    elif scene.objects:
        text = thing_name(scene.objects[0], rng, landscape=True) if roll < 0.06 else describe_thing_landscape(scene, rng)
    else:
        text = bare_landscape(scene, rng) if roll < 0.12 else describe_drawn_landscape(scene, rng)
    if any(things_in(scene)):
        text = with_fillers(text, rng, rng.random())
    if rng.random() < 0.03:
        text = with_fillers(text, rng, 0.0)
    if rng.random() < 0.04:
        parts = text.split()
        parts.insert(rng.randint(0, len(parts)), nonsense_word(rng))
        text = " ".join(parts)
    return text


def full_caption(scene: Scene) -> str:
    if isinstance(scene, Arrangement):
        return describe_arrangement(scene, None, leave_out=0)
    return describe_thing_landscape(scene, None) if scene.objects else describe_drawn_landscape(scene, None)


def with_fillers(text: str, rng: random.Random, roll: float) -> str:
    """What people say around a subject, which changes nothing: "a photo of a cute fox, high quality". `roll` in 0..1 says which
    of the three; most rolls add none."""
    if roll < 0.06:
        text = f"{rng.choice(OPENINGS)} {text}"
    if roll < 0.02 or 0.06 < roll < 0.08:
        text = f"{text}, {rng.choice(ENDINGS)}"
    start, _, rest = text.partition(" ")
    if (roll < 0.03 or 0.08 < roll < 0.12) and rest and start in ("a", "an", "two", "three"):
        adjective = rng.choice(ADJECTIVES)
        text = f"{article(adjective) if start in ('a', 'an') else f'{start} {adjective}'} {rest}"
    return text


def background_words(scene: Arrangement, rng: random.Random | None) -> str:
    texture = f"{spelled(scene.background_texture, rng)} " if scene.background_texture != "plain" else ""
    return f"{texture}{spelled(scene.background, rng)} {spelled('background', rng)}"


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


def describe_arrangement(scene: Arrangement, rng: random.Random | None, leave_out: float) -> str:
    """`leave_out` is how likely each part is left out."""
    first = scene.objects[0]
    if scene.number:
        text = several_words(first, scene.number, rng, leave_out)
    elif scene.relation:
        sized = scene.relation != "inside"
        subject, other = (
            thing_phrase(one, rng, size=False)
            if one.is_thing
            else article(" ".join(shape_words(one, rng, leave_out, size=sized)))
            for one in scene.objects
        )
        text = f"{subject} {relation_words(scene.relation, rng)} {other}"
    else:
        # An open shape more often than with several objects: it is what a negative prompt is asked to rule out.
        text = (
            thing_phrase(first, rng) if first.is_thing else article(" ".join(shape_words(first, rng, leave_out, shape_open=0.2)))
        )
        if scene.place and not chance(rng, leave_out):
            text += " " + place_words(scene.place, rng)
    if chance(rng, leave_out):
        return text
    if chance(rng, 0.15):
        return f"{text}, {background_words(scene, rng)}"
    return f"{text} on {article(background_words(scene, rng))}"


def several_words(one: Object, number: int, rng: random.Random | None, leave_out: float) -> str:
    if one.is_thing:
        return f"{spelled(NUMBERS[number], rng)} {thing_name(one, rng, several=True)}"
    *qualities, shape = shape_words(one, rng, leave_out, size=False)
    return " ".join([spelled(NUMBERS[number], rng), *qualities, PLURALS.get(shape, "shapes")])


def bare_arrangement(scene: Arrangement, rng: random.Random) -> str:
    """One quality alone, as in a negative prompt."""
    first = scene.objects[0]
    if first.is_thing and scene.number:
        return f"{spelled(NUMBERS[scene.number], rng)} {thing_name(first, rng, several=True)}"
    if first.is_thing:
        name = thing_name(first, rng)
        return rng.choice((name, name, f"{name} on {spelled(scene.background, rng)}", f"{name} {background_words(scene, rng)}",
                           background_words(scene, rng)))  # fmt: skip
    options = [background_words(scene, rng), *[spelled(first.shape, rng)] * 2, spelled(first.color, rng),
               f"{spelled(first.color, rng)} {spelled(first.shape, rng)}", f"{spelled(first.color, rng)} shape"]  # fmt: skip
    if first.texture != "plain":
        options += [spelled(first.texture, rng)] * 2
    if scene.place:
        options.append(place_words(scene.place, rng).removeprefix("in the "))
    if scene.number:
        options.append(f"{spelled(NUMBERS[scene.number], rng)} {PLURALS.get(spelled(first.shape, rng), 'shapes')}")
    return rng.choice(options)
