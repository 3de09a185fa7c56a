"""One outline filled with color, or one icon: what the renderer paints, in order."""

from dataclasses import dataclass

Rgb = tuple[float, float, float]
WHITE: Rgb = (255, 255, 255)


@dataclass(frozen=True)
class Layer:
    """Center and half-extents in units of half the shorter side; colors in 0..255; an `object` weighs more in training than what
    is behind it. An `icon` (its index) is painted instead of the outline, its own colors times `color`; with a `dye` its strong
    colors become that one."""

    outline: str
    x: float
    y: float
    radius_x: float
    radius_y: float
    color: Rgb
    texture: str = "plain"
    object: bool = False
    icon: int = -1
    dye: Rgb | None = None
