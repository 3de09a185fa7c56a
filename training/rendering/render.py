"""Scenes -> pictures [batch, 3, height, width] in [-1, 1], and masks [batch, 1, height, width] of where the things are.

All pictures of a batch that paint the same outline in the same turn are painted together.
"""

from collections import defaultdict

import torch
from torch import Tensor

from .landscape_layers import SKY_COLOURS, landscape_layers
from .layer import Layer, Rgb
from .outlines import OUTLINES
from .scene import Figures, Scene
from .textures import pattern, second_colour, shaded
from .vocabulary import COLOURS

SOFTNESS = 1.1  # pixels over which an edge fades


def to_unit(colours: list[Rgb]) -> Tensor:
    return torch.tensor(colours).float() / 127.5 - 1


def aspect_of(width: int, height: int) -> tuple[float, float]:
    """Half-width and half-height in picture units: the shorter is 1."""
    return width / min(width, height), height / min(width, height)


def layers_of(scene: Scene, aspect: tuple[float, float]) -> list[Layer]:
    if isinstance(scene, Figures):
        # What encloses comes first in painting order, last in the caption.
        return [
            Layer(thing.shape, thing.x, thing.y, thing.radius, thing.radius, COLOURS[thing.colour], thing.texture, True)
            for thing in reversed(scene.things)
        ]
    return landscape_layers(scene, aspect)


def grounds_of(scenes: list[Scene]) -> tuple[Tensor, Tensor]:
    """The colours at the top and at the bottom of each ground."""
    pairs = [(COLOURS[s.ground],) * 2 if isinstance(s, Figures) else SKY_COLOURS[s.sky] for s in scenes]
    return to_unit([top for top, _ in pairs]), to_unit([bottom for _, bottom in pairs])


def render(scenes: list[Scene], width: int = 128, height: int = 128, device: str = "cpu") -> tuple[Tensor, Tensor]:
    ax, ay = aspect_of(width, height)
    pixel = 2 / min(width, height)
    xs = ((torch.arange(width, device=device) + 0.5) / width * 2 - 1) * ax
    ys = ((torch.arange(height, device=device) + 0.5) / height * 2 - 1) * ay
    y, x = torch.meshgrid(ys, xs, indexing="ij")

    top, bottom = (colours.to(device)[:, :, None, None] for colours in grounds_of(scenes))
    share = ((y / ay + 1) / 1.3).clamp(0, 1)  # a sky's gradient ends near the horizon
    pictures = top + (bottom - top) * share
    for texture in ("striped", "dotted", "checkered"):
        chosen = [n for n, s in enumerate(scenes) if isinstance(s, Figures) and s.ground_texture == texture]
        if chosen:
            marks = pattern(texture, x * 0.75, y * 0.75)
            pictures[chosen] = pictures[chosen] * (1 - marks) + shaded(pictures[chosen]) * marks
    masks = torch.zeros(len(scenes), 1, height, width, device=device)

    painted = [layers_of(scene, (ax, ay)) for scene in scenes]
    for turn in range(max((len(layers) for layers in painted), default=0)):
        groups: dict[str, list[int]] = defaultdict(list)
        for n, layers in enumerate(painted):
            if turn < len(layers):
                groups[layers[turn].outline].append(n)
        for outline, chosen in groups.items():
            paint(pictures, masks, [painted[n][turn] for n in chosen], chosen, outline, x, y, pixel)
    return pictures, masks


def paint(
    pictures: Tensor, masks: Tensor, layers: list[Layer], chosen: list[int], outline: str, x: Tensor, y: Tensor, pixel: float
) -> None:
    def column(values: list[float]) -> Tensor:
        return torch.tensor(values, device=x.device)[:, None, None]

    dx, dy = x[None] - column([layer.x for layer in layers]), y[None] - column([layer.y for layer in layers])
    radius_x, radius_y = column([layer.radius_x for layer in layers]), column([layer.radius_y for layer in layers])
    distance = OUTLINES[outline](dx / radius_x, dy / radius_y) * torch.minimum(radius_x, radius_y)
    cover = (0.5 - distance / (SOFTNESS * pixel)).clamp(0, 1)[:, None]
    base = to_unit([layer.colour for layer in layers]).to(x.device)
    fill = base[:, :, None, None].expand(-1, -1, *x.shape).clone()
    for texture in ("striped", "dotted", "checkered"):
        textured = [n for n, layer in enumerate(layers) if layer.texture == texture]
        if textured:
            marks = pattern(texture, dx[textured], dy[textured])[:, None]
            fill[textured] = fill[textured] * (1 - marks) + second_colour(base[textured])[:, :, None, None] * marks
    pictures[chosen] = pictures[chosen] * (1 - cover) + fill * cover
    if any(layer.thing for layer in layers):
        thing = column([float(layer.thing) for layer in layers])[:, None]
        masks[chosen] = torch.maximum(masks[chosen], cover * thing)
