"""Every word that the model is taught. A concept is named by its first spelling; its synonyms are drawn at random.

Things by name (a cat, a pizza) are in `things.txt`. Word lists keep their order: it fixes the token ids.
"""

from collections.abc import Iterable
from functools import cache

from .things import Thing, announced_things, thing_words, things

COLORS: dict[str, tuple[int, int, int]] = {
    "red": (220, 40, 40), "green": (40, 160, 70), "blue": (45, 85, 220), "yellow": (245, 215, 50),
    "orange": (245, 140, 30), "purple": (135, 60, 180), "pink": (250, 150, 190), "cyan": (60, 205, 220),
    "white": (248, 248, 248), "black": (25, 25, 28), "gray": (135, 135, 140), "brown": (125, 80, 45),
}  # fmt: skip

SHAPES = ("circle", "square", "triangle", "star", "ring", "cross", "heart", "diamond")
TEXTURES = ("plain", "striped", "dotted", "checkered")
SIZES = ("small", "medium", "large")
RELATIONS = ("above", "below", "left of", "right of", "inside", "next to")
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
PLACES: dict[str, tuple[int, int]] = {
    "top left": (-1, -1), "top": (0, -1), "top right": (1, -1),
    "left": (-1, 0), "center": (0, 0), "right": (1, 0),
    "bottom left": (-1, 1), "bottom": (0, 1), "bottom right": (1, 1),
}  # fmt: skip

LANDS = ("hills", "sea", "mountains", "grass", "snow", "desert")
SKIES = ("day", "night", "sunset")
SKY_FEATURES = ("sun", "moon", "stars", "cloud", "clouds", "rainbow")
LAND_FEATURES = ("house", "tree", "trees", "boat")

SYNONYMS: dict[str, tuple[str, ...]] = {
    # colors
    "red": ("scarlet",), "yellow": ("golden",), "purple": ("violet",), "cyan": ("turquoise",), "gray": ("grey", "silver"),
    # shapes
    "circle": ("disc", "ball"), "square": ("box",), "ring": ("hoop",), "cross": ("plus",), "diamond": ("rhombus",),
    # sizes and textures
    "small": ("tiny", "little"), "large": ("big", "huge"), "striped": ("stripy",),
    "dotted": ("spotted",), "checkered": ("chequered", "checked"),
    # places and relations
    "center": ("middle", "centre"), "top": ("upper",), "bottom": ("lower",),
    "above": ("over",), "below": ("under", "beneath"), "inside": ("within",), "next to": ("beside",),
    # numbers
    "two": ("2",), "three": ("3",), "four": ("4",), "five": ("5",),
    # scenes
    "hills": ("hill",), "sea": ("ocean", "water"), "mountains": ("mountain",), "grass": ("meadow", "field"),
    "snow": ("winter",), "desert": ("sand", "beach"), "day": ("daytime",), "night": ("nighttime",),
    "sunset": ("evening", "dusk"), "house": ("home", "cottage"), "boat": ("ship",),
    "background": ("backdrop",), "picture": ("drawing", "image"),
}  # fmt: skip

PLURALS: dict[str, str] = {
    "circle": "circles", "disc": "discs", "ball": "balls", "square": "squares", "box": "boxes", "triangle": "triangles",
    "star": "stars", "ring": "rings", "hoop": "hoops", "cross": "crosses", "plus": "pluses",
    "heart": "hearts", "diamond": "diamonds", "rhombus": "rhombuses", "shape": "shapes",
}  # fmt: skip

FUNCTION_WORDS = (
    "a", "an", "the", "on", "in", "and", "of", "at", "by", "to", "with", "left", "right", "next", "background", "picture",
    "shape", "nothing", "empty", "no", "corner", "side", "scene", "landscape", "sky",
)  # fmt: skip

# What people say around a subject. These words are known and change nothing; British spellings are understood, too.
OPENINGS = ("a picture of", "a photo of", "a drawing of", "an image of", "a painting of", "an illustration of", "a cartoon of",
            "a sticker of", "an icon of", "an emoji of", "a photograph of", "a portrait of", "draw", "show me", "paint")  # fmt: skip
ADJECTIVES = ("cute", "beautiful", "nice", "lovely", "happy", "funny", "pretty", "friendly", "lonely", "single", "simple", "old",
              "young", "fresh", "delicious", "colorful", "colourful", "shiny", "good", "new")  # fmt: skip
VERBS = (
    "standing",
    "sitting",
    "walking",
    "running",
    "playing",
    "lying",
    "sleeping",
    "resting",
    "living",
    "waiting",
    "hiding",
    "seen",
)
SKY_VERBS = ("flying", "floating", "soaring", "gliding", "hovering")
SEA_VERBS = ("swimming", "floating", "sailing", "diving")
ENDINGS = ("in color", "flat design", "high quality", "very detailed", "digital art", "vector art", "minimalist", "beautiful light",
           "cute style", "for kids")  # fmt: skip
FILLERS = (*OPENINGS, *ADJECTIVES, *VERBS, *SKY_VERBS, *SEA_VERBS, *ENDINGS, "some", "my", "your", "one", "it", "is", "there",
           "are", "has", "which", "that", "from", "for", "very", "color", "colour", "colored", "coloured")  # fmt: skip


def spellings(concept: str) -> tuple[str, ...]:
    """The concept's own name, then its synonyms."""
    return (concept, *SYNONYMS.get(concept, ()))


def words() -> list[str]:
    """All single words that the tokenizer knows, each once, in a fixed order."""
    return words_naming(things().values())


def announced_words() -> list[str]:
    """Those that the endpoint knows: it warns of the others."""
    return words_naming(announced_things())


def words_naming(named: Iterable[Thing]) -> list[str]:
    concepts = [
        *FUNCTION_WORDS, *COLORS, *SHAPES, *TEXTURES, *SIZES, *RELATIONS, *NUMBERS.values(), *PLACES,
        *LANDS, *SKIES, *SKY_FEATURES, *LAND_FEATURES,
    ]  # fmt: skip
    phrases = [*concepts, *(synonym for group in SYNONYMS.values() for synonym in group), *PLURALS.values(),
               *FILLERS, *thing_words(named)]  # fmt: skip
    return list(dict.fromkeys(word for phrase in phrases for word in phrase.split()))


@cache
def known_words() -> frozenset[str]:
    return frozenset(words())


def origin(word: str) -> str:
    """The word whose meaning `word` shares (itself if none): a good first guess for its embedding."""
    for singular, plural in PLURALS.items():
        if word == plural:
            return origin(singular)
    for concept, group in SYNONYMS.items():
        if word in group:
            return concept
    return word
