"""One outline filled with colour: what the renderer paints, in order."""

from dataclasses import dataclass

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Layer:
    """Centre and half-extents in picture units (half the shorter side is 1); `colour` in 0..255; a `thing` weighs more in
    training than what is behind it."""

    outline: str
    x: float
    y: float
    radius_x: float
    radius_y: float
    colour: Rgb
    texture: str = "plain"
    thing: bool = False
