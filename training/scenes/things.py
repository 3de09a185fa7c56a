"""The things that are known by name, read from `things.txt`: each has an icon, everyday names and a place where it is at home."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "things.txt"
PLACES = {"land", "sky", "sea"}
PROPERTIES = PLACES | {"mass", "recolor", "frequent", "weak"}
IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "mouse": "mice", "goose": "geese", "sheep": "sheep",
    "fish": "fish", "deer": "deer", "foot": "feet", "tooth": "teeth", "leaf": "leaves", "knife": "knives", "wolf": "wolves",
    "ox": "oxen", "elf": "elves", "scarf": "scarves", "shrimp": "shrimp", "squid": "squid", "moose": "moose", "bison": "bison",
    "dice": "dice", "cactus": "cacti", "loaf": "loaves", "policeman": "policemen", "fireman": "firemen", "spaceman": "spacemen",
    "businessman": "businessmen", "snowman": "snowmen", "thief": "thieves", "spacecraft": "spacecraft", "buffalo": "buffaloes",
    "ladybird": "ladybirds", "torch": "torches", "axis": "axes", "tomato": "tomatoes", "potato": "potatoes", "mosquito": "mosquitoes",
    "volcano": "volcanoes", "tornado": "tornadoes", "mango": "mangoes", "hero": "heroes", "superhero": "superheroes",
    "goldfish": "goldfish", "pufferfish": "pufferfish", "blowfish": "blowfish", "salmon": "salmon",
}  # fmt: skip
HEADS = re.compile(r" (?:of|in|with|and|on|behind|raising|from) ")


@dataclass(frozen=True)
class Thing:
    """One line of the table. `names` are what people call it, the everyday name first; `index` is its line's number."""

    icon: str
    index: int
    names: tuple[str, ...]
    section: str
    properties: frozenset[str]

    @property
    def countable(self) -> bool:
        return "mass" not in self.properties


def parse(text: str) -> dict[str, Thing]:
    """Icon -> thing, in the order of the table."""
    things: dict[str, Thing] = {}
    section, of_section = "", frozenset[str]()
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if heading := re.fullmatch(r"\[(\w+)\] ?(.*)", line):
            section, of_section = heading[1], properties_in(heading[2])
            continue
        icon, names, own_text = (*(part.strip() for part in line.split("|")), "")[:3]
        own = properties_in(own_text)
        inherited = of_section - PLACES if own & PLACES else of_section
        if icon in things or not names:
            raise ValueError(f"things.txt: {icon!r} is listed twice or has no name.")
        things[icon] = Thing(icon, len(things), tuple(name.strip() for name in names.split(",")), section, own | inherited)
    return things


def properties_in(text: str) -> frozenset[str]:
    found = frozenset(filter(None, (part.strip() for part in text.split(","))))
    if unknown := found - PROPERTIES:
        raise ValueError(f"things.txt: {', '.join(sorted(unknown))} is not a property.")
    return found


@cache
def things() -> dict[str, Thing]:
    return parse(TABLE.read_text())


def plural(name: str) -> str:
    """`glass of milk` -> `glasses of milk`, `fire truck` -> `fire trucks`."""
    split = HEADS.search(name)
    head, rest = (name[: split.start()], name[split.start() :]) if split else (name, "")
    *before, last = head.split(" ")
    return " ".join([*before, plural_word(last)]) + rest


def plural_word(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("s") and not word.endswith(("ss", "us")):
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def announced_things() -> list[Thing]:
    """Those that are drawn well enough to tell people of."""
    return [thing for thing in things().values() if "weak" not in thing.properties]


def thing_words(named: Iterable[Thing]) -> list[str]:
    """Every word of every name and of its plural."""
    named = list(named)
    names = [name for thing in named for name in thing.names]
    plurals = [plural(name) for thing in named if thing.countable for name in thing.names]
    return [word for name in (*names, *plurals) for word in name.split()]
