"""What an image shows: the renderer draws it, the caption says it, the judges compare with it.

Lengths are in units of half the shorter side: (0, 0) is the middle, y points down, and a square image reaches from -1 to 1.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from .vocabulary import SHAPES


@dataclass(frozen=True)
class Object:
    """A shape, or a thing by name: then `shape` is its icon, and `color` is empty unless it is shown in another than its own."""

    shape: str
    color: str
    texture: str
    size: str
    x: float
    y: float
    radius: float

    @property
    def is_thing(self) -> bool:
        return self.shape not in SHAPES


@dataclass(frozen=True)
class Arrangement:
    """Objects on a background: one, perhaps at a place; two in a relation; or two to five alike (`number`)."""

    background: str
    background_texture: str
    objects: tuple[Object, ...]
    place: str | None = None
    relation: str | None = None
    number: int = 0

    def key(self) -> str:
        """What the image is about, without sizes and jitter."""
        alike = self.objects[:1] if self.number else self.objects
        about = [f"{one.texture} {one.color} {one.shape}" for one in alike]
        return "|".join([*about, str(self.number), self.place or "", self.relation or "", self.background])


@dataclass(frozen=True)
class Landscape:
    """Land under a sky, with drawn features in both (a sun, a house) or with things by name.

    Sides are -1 (left) or 1 (right). `objects` are one thing, two different ones, or `number` alike; `habitat` says whether they
    stand on the "land", fly in the "sky" or swim in the "sea". In the land "sky" there is nothing but sky.
    """

    sky: str
    land: str
    sky_features: tuple[str, ...]
    land_features: tuple[str, ...]
    house_color: str | None = None
    shape: tuple[str, str] | None = None
    sky_side: int = 1
    land_side: int = -1
    jitter: tuple[float, float] = (0.0, 0.0)
    objects: tuple[Object, ...] = ()
    number: int = 0
    habitat: str = "land"

    def key(self) -> str:
        return "|".join([self.sky, self.land, *self.sky_features, *self.land_features, str(self.house_color), str(self.shape)])


Scene = Arrangement | Landscape


def things_in(scene: Scene) -> Iterator[Object]:
    return (one for one in scene.objects if one.is_thing)


def combinations(scene: Scene) -> list[str]:
    """What a scene puts together: thing and background, thing and relation and thing, or thing and land and sky."""
    if isinstance(scene, Landscape):
        return [f"{thing.shape} at {scene.land} {scene.sky}" for thing in scene.objects]
    on_background = [f"{thing.shape} on {scene.background}" for thing in things_in(scene)]
    if scene.relation:
        first, second = scene.objects
        return [*on_background, f"{first.shape} {scene.relation} {second.shape}"]
    return on_background


def is_held_out_text(text: str) -> bool:
    return zlib.crc32(text.encode()) % 16 == 0


def is_held_out(scene: Scene) -> bool:
    """Training never shows one subject of shapes in sixteen, nor one combination of things in sixteen; the judges ask for those."""
    about = combinations(scene) if any(things_in(scene)) else [scene.key()]
    return any(map(is_held_out_text, about))
