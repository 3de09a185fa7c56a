"""What a picture shows, before any pixel: the renderer draws it, the caption tells it, the judge compares with it."""

import zlib
from dataclasses import dataclass

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Thing:
    """One shape. Centre and radius in picture units: half the shorter side is 1, (0, 0) the middle, y downwards."""

    shape: str
    colour: str
    texture: str
    size: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Figures:
    """Shapes on a ground. One thing, perhaps at a place; two things in a relation; or two to five alike (`number`)."""

    ground: str
    ground_texture: str
    things: tuple[Thing, ...]
    place: str | None = None
    relation: str | None = None
    number: int = 0

    def key(self) -> str:
        """What the picture is about, without sizes and jitter."""
        alike = self.things[:1] if self.number else self.things
        about = [f"{thing.texture} {thing.colour} {thing.shape}" for thing in alike]
        return "|".join([*about, str(self.number), self.place or "", self.relation or "", self.ground])


@dataclass(frozen=True)
class Landscape:
    """A little scene: land under a sky, with things in both. Sides are -1 (left) or 1 (right) for what stands to one side."""

    sky: str
    land: str
    sky_things: tuple[str, ...]
    land_things: tuple[str, ...]
    house_colour: str | None = None
    shape: tuple[str, str] | None = None
    sky_side: int = 1
    land_side: int = -1
    jitter: tuple[float, float] = (0.0, 0.0)

    def key(self) -> str:
        return "|".join([self.sky, self.land, *self.sky_things, *self.land_things, str(self.house_colour), str(self.shape)])


Scene = Figures | Landscape


def is_held_out(scene: Scene) -> bool:
    """One subject in sixteen is never shown in training; the judge asks for those only."""
    return zlib.crc32(scene.key().encode()) % 16 == 0
