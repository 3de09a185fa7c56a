"""Paints a landscape as layers of outlines, from the sky down to what stands in front."""

from ..scenes.scene import Landscape, Object
from ..scenes.things import things
from ..scenes.vocabulary import COLORS
from .layer import WHITE, Layer, Rgb

SKY_COLORS: dict[str, tuple[Rgb, Rgb]] = {
    "day": ((105, 180, 245), (190, 228, 252)),
    "night": ((12, 16, 48), (40, 44, 100)),
    "sunset": ((125, 75, 150), (252, 165, 95)),
}
LAND_COLORS: dict[str, Rgb] = {"hills": (80, 175, 80), "sea": (35, 100, 190), "mountains": (120, 115, 125),
                                "grass": (95, 190, 70), "snow": (240, 244, 250), "desert": (228, 190, 115)}  # fmt: skip
LIGHT: dict[str, tuple[float, float, float]] = {"day": (1, 1, 1), "night": (0.5, 0.52, 0.68), "sunset": (0.95, 0.78, 0.72)}
WINDOW: dict[str, Rgb] = {"day": (120, 190, 230), "night": (255, 225, 110), "sunset": (255, 215, 120)}


def lit(color: Rgb, sky: str) -> Rgb:
    return tuple(channel * light for channel, light in zip(color, LIGHT[sky]))


def horizon(scene: Landscape) -> float:
    if scene.land == "sky":
        return 1.5
    return 0.15 if scene.land == "sea" else 0.3


def icon_layer(thing: Object, light: Rgb = WHITE) -> Layer:
    dye = COLORS[thing.color] if thing.color else None
    return Layer(
        "icon", thing.x, thing.y, thing.radius, thing.radius, light, object=True, icon=things()[thing.shape].index, dye=dye
    )


def object_layers(scene: Landscape) -> list[Layer]:
    """Things by name stay brighter than the land at night, or nobody could tell what they are."""
    light = WHITE if scene.habitat == "sky" else tuple(255 * (0.45 + 0.55 * channel) for channel in LIGHT[scene.sky])
    return [icon_layer(thing, light) for thing in scene.objects]


def landscape_layers(scene: Landscape, aspect: tuple[float, float]) -> list[Layer]:
    ax, ay = aspect
    level = horizon(scene) + (ay - 1) * 0.3
    land = [] if scene.land == "sky" else land_layers(scene, ax, level)
    objects = object_layers(scene)
    behind, before = (objects, []) if scene.habitat == "sky" else ([], objects)
    return [*sky_layers(scene, ax, ay, level), *behind, *land, *standing_layers(scene, ax, ay, level), *before]


def sky_layers(scene: Landscape, ax: float, ay: float, level: float) -> list[Layer]:
    layers = []
    side, (dx, dy) = scene.sky_side, scene.jitter
    if "stars" in scene.sky_features:
        layers.append(Layer("stars", dx, -0.45 * ay + dy, 0.95 * ax, 0.95 * ax, (250, 245, 200), object=True))
    if "rainbow" in scene.sky_features:
        for n, color in enumerate(("red", "orange", "yellow", "green", "blue", "purple")):
            layers.append(Layer("arc", dx, level + 0.1, 0.86 - 0.075 * n, 0.86 - 0.075 * n, COLORS[color], object=True))
    if "sun" in scene.sky_features and scene.sky == "sunset":
        layers.append(Layer("circle", 0.3 * side * ax + dx, level - 0.12, 0.34, 0.34, (255, 225, 120), object=True))
    elif "sun" in scene.sky_features:
        layers.append(Layer("sun", 0.56 * side * ax + dx, -0.55 * ay + dy, 0.36, 0.36, (255, 222, 60), object=True))
    if "moon" in scene.sky_features:
        layers.append(Layer("moon", 0.52 * side * ax + dx, -0.52 * ay + dy, 0.3, 0.3, (250, 240, 190), object=True))
    if scene.shape:
        color, shape = scene.shape
        layers.append(Layer(shape, dx, -0.42 * ay + dy, 0.36, 0.36, COLORS[color], object=True))
    white = lit((252, 252, 254), scene.sky)
    if "cloud" in scene.sky_features or "clouds" in scene.sky_features:
        layers.append(Layer("cloud", -0.42 * side * ax - dx, -0.55 * ay + dy, 0.42, 0.42, white, object=True))
    if "clouds" in scene.sky_features:
        layers.append(Layer("cloud", 0.5 * side * ax + dx, -0.12 * ay - dy, 0.34, 0.34, white, object=True))
    return layers


def land_layers(scene: Landscape, ax: float, level: float) -> list[Layer]:
    color = lit(LAND_COLORS[scene.land], scene.sky)
    dx = scene.jitter[0]
    if scene.land == "hills":
        back = tuple(channel * 0.8 for channel in color)
        return [Layer("hills", 0.45 + dx, level - 0.02, 0.75, 0.3, back), Layer("hills", -0.2 + dx, level + 0.3, 0.9, 0.3, color)]
    if scene.land == "mountains":
        front = lit((95, 150, 85), scene.sky)
        return [Layer("mountains", dx * 2, level - 0.1, 0.5, 0.42, color), Layer("plain_land", 0, level + 0.28, 1, 1, front)]
    if scene.land == "sea":
        foam = lit((90, 150, 220), scene.sky)
        waves = [Layer("box", x * ax, y, 0.2, 0.025, foam) for x, y in ((-0.6, 0.4), (0.3, 0.5), (-0.2, 0.72), (0.65, 0.82))]
        return [Layer("plain_land", 0, level, 1, 1, color), *waves]
    return [Layer("plain_land", 0, level, 1, 1, color)]


def standing_layers(scene: Landscape, ax: float, ay: float, level: float) -> list[Layer]:
    layers = []
    side, dx = scene.land_side, scene.jitter[0]
    foot = level + 0.38
    alone = len(scene.land_features) == 1
    if "boat" in scene.land_features:
        x = 0.25 * side * ax + dx
        layers += [
            Layer("hull", x, level + 0.3, 0.38, 0.12, lit(COLORS["brown"], scene.sky), object=True),
            Layer("sail", x + 0.02, level - 0.18, 0.32, 0.36, lit(COLORS["white"], scene.sky), object=True),
        ]
    if "trees" in scene.land_features or "tree" in scene.land_features:
        x = (-0.45 * side if not alone else 0.3 * side) * ax + dx
        layers += tree_layers(scene, x, foot, 1.0)
        if "trees" in scene.land_features:
            layers += tree_layers(scene, x + (0.36 if x < 0 else -0.36), foot + 0.14, 0.8)
    if "house" in scene.land_features:
        layers += house_layers(scene, (0.4 * side if not alone else 0.2 * side) * ax + dx, foot)
    return layers


def tree_layers(scene: Landscape, x: float, foot: float, scale: float) -> list[Layer]:
    trunk, crown = lit((115, 75, 40), scene.sky), lit((30, 120, 50), scene.sky)
    return [
        Layer("box", x, foot - 0.2 * scale, 0.055 * scale, 0.2 * scale, trunk, object=True),
        Layer("circle", x, foot - 0.55 * scale, 0.3 * scale, 0.32 * scale, crown, object=True),
    ]


def house_layers(scene: Landscape, x: float, foot: float) -> list[Layer]:
    walls = lit(COLORS[scene.house_color or "red"], scene.sky)
    roof, door = lit((110, 60, 45), scene.sky), lit((90, 55, 35), scene.sky)
    if scene.house_color == "brown":
        roof = lit((200, 70, 55), scene.sky)
    return [
        Layer("box", x, foot - 0.24, 0.3, 0.26, walls, object=True),
        Layer("roof", x, foot - 0.64, 0.4, 0.18, roof, object=True),
        Layer("box", x - 0.12, foot - 0.13, 0.07, 0.15, door, object=True),
        Layer("box", x + 0.13, foot - 0.27, 0.08, 0.08, WINDOW[scene.sky], object=True),
    ]
