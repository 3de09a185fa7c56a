"""Scenes -> images [batch, 3, height, width] in [-1, 1], and masks [batch, 1, height, width] of where the objects are.

In two steps: a plan (arrays of numbers, made in any process) and its drawing (tensors, on any device). All images of a batch
that paint the same outline in the same turn are painted together.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..scenes.scene import Arrangement, Scene
from ..scenes.vocabulary import COLORS, TEXTURES
from .icons import SIDES, atlas, dyed
from .landscape_layers import SKY_COLORS, icon_layer, landscape_layers
from .layer import Layer, Rgb
from .outlines import OUTLINES
from .textures import pattern, second_color, shaded

SOFTNESS = 1.1  # pixels over which an edge fades
GROUP = 128  # icons painted at once


@dataclass
class Strokes:
    """Layers of one outline (or icons), one in each of the `chosen` images. All arrays have the same length."""

    outline: str
    chosen: np.ndarray
    box: np.ndarray  # x, y, radius x, radius y
    color: np.ndarray
    texture: np.ndarray
    object: np.ndarray
    icon: np.ndarray
    dye: np.ndarray  # in 0..1; negative for none


@dataclass
class Plan:
    """Backgrounds from `top` to `bottom` [batch, 3] in [-1, 1], and what is painted on them, in order."""

    top: np.ndarray
    bottom: np.ndarray
    background_texture: np.ndarray
    strokes: list[Strokes]


def aspect_of(width: int, height: int) -> tuple[float, float]:
    """Half-width and half-height in units of half the shorter side."""
    return width / min(width, height), height / min(width, height)


def to_unit(colors: list[Rgb]) -> np.ndarray:
    return np.array(colors, np.float32) / 127.5 - 1


def layers_of(scene: Scene, aspect: tuple[float, float]) -> list[Layer]:
    if isinstance(scene, Arrangement):
        # What encloses comes first in painting order, last in the caption.
        return [
            icon_layer(one) if one.is_thing
            else Layer(one.shape, one.x, one.y, one.radius, one.radius, COLORS[one.color], one.texture, object=True)
            for one in reversed(scene.objects)
        ]  # fmt: skip
    return landscape_layers(scene, aspect)


def plan(scenes: Sequence[Scene], aspect: tuple[float, float]) -> Plan:
    backgrounds = [(COLORS[s.background],) * 2 if isinstance(s, Arrangement) else SKY_COLORS[s.sky] for s in scenes]
    textures = [TEXTURES.index(s.background_texture) if isinstance(s, Arrangement) else 0 for s in scenes]
    painted = [layers_of(scene, aspect) for scene in scenes]
    strokes = []
    for turn in range(max((len(layers) for layers in painted), default=0)):
        groups: dict[str, list[int]] = defaultdict(list)
        for n, layers in enumerate(painted):
            if turn < len(layers):
                groups[layers[turn].outline].append(n)
        strokes += [strokes_of([painted[n][turn] for n in chosen], chosen) for chosen in groups.values()]
    return Plan(
        to_unit([top for top, _ in backgrounds]), to_unit([bottom for _, bottom in backgrounds]), np.array(textures), strokes
    )


def strokes_of(layers: list[Layer], chosen: list[int]) -> Strokes:
    return Strokes(
        outline=layers[0].outline,
        chosen=np.array(chosen),
        box=np.array([(layer.x, layer.y, layer.radius_x, layer.radius_y) for layer in layers], np.float32),
        color=to_unit([layer.color for layer in layers]),
        texture=np.array([TEXTURES.index(layer.texture) for layer in layers]),
        object=np.array([layer.object for layer in layers], np.float32),
        icon=np.array([layer.icon for layer in layers]),
        dye=np.array([[channel / 255 for channel in layer.dye] if layer.dye else (-1, -1, -1) for layer in layers], np.float32),
    )


def render(scenes: Sequence[Scene], width: int, height: int, device: str = "cpu") -> tuple[Tensor, Tensor]:
    return draw(plan(scenes, aspect_of(width, height)), width, height, device)


def draw(plan: Plan, width: int, height: int, device: str = "cpu") -> tuple[Tensor, Tensor]:
    ax, ay = aspect_of(width, height)
    pixel = 2 / min(width, height)
    xs = ((torch.arange(width, device=device) + 0.5) / width * 2 - 1) * ax
    ys = ((torch.arange(height, device=device) + 0.5) / height * 2 - 1) * ay
    y, x = torch.meshgrid(ys, xs, indexing="ij")

    top, bottom = (torch.from_numpy(colors).to(device)[:, :, None, None] for colors in (plan.top, plan.bottom))
    share = ((y / ay + 1) / 1.3).clamp(0, 1)  # a sky's gradient ends near the horizon
    images = top + (bottom - top) * share
    for texture, chosen in textured(plan.background_texture, device):
        marks = pattern(texture, x * 0.75, y * 0.75)
        images[chosen] = images[chosen] * (1 - marks) + shaded(images[chosen]) * marks
    masks = torch.zeros(len(images), 1, height, width, device=device)
    for strokes in plan.strokes:
        (paint_icons if strokes.outline == "icon" else paint)(images, masks, strokes, x, y, pixel)
    return images.clamp(-1, 1), masks


def textured(indices: np.ndarray, device: str | torch.device) -> list[tuple[str, Tensor]]:
    """Each texture but the plain one, and which of the `indices` name it."""
    found = [(texture, np.flatnonzero(indices == n)) for n, texture in enumerate(TEXTURES)]
    return [(texture, torch.from_numpy(chosen).to(device)) for texture, chosen in found[1:] if len(chosen)]


def paint(images: Tensor, masks: Tensor, strokes: Strokes, x: Tensor, y: Tensor, pixel: float) -> None:
    chosen, box, base, is_object = (
        torch.from_numpy(values).to(x.device) for values in (strokes.chosen, strokes.box, strokes.color, strokes.object)
    )
    center_x, center_y, radius_x, radius_y = box[:, :, None, None].unbind(1)
    dx, dy = x[None] - center_x, y[None] - center_y
    distance = OUTLINES[strokes.outline](dx / radius_x, dy / radius_y) * torch.minimum(radius_x, radius_y)
    coverage = (0.5 - distance / (SOFTNESS * pixel)).clamp(0, 1)[:, None]
    fill = base[:, :, None, None].expand(-1, -1, *x.shape).clone()
    for texture, part in textured(strokes.texture, x.device):
        marks = pattern(texture, dx[part], dy[part])[:, None]
        fill[part] = fill[part] * (1 - marks) + second_color(base[part])[:, :, None, None] * marks
    images[chosen] = images[chosen] * (1 - coverage) + fill * coverage
    if strokes.object.any():
        masks[chosen] = torch.maximum(masks[chosen], coverage * is_object[:, None, None, None])


def paint_icons(images: Tensor, masks: Tensor, strokes: Strokes, x: Tensor, y: Tensor, pixel: float) -> None:
    """From the smallest side of the atlas that is not enlarged."""
    levels = atlas(str(x.device))
    wanted = 2 * strokes.box[:, 2] / pixel
    side_of = np.array([min([side for side in SIDES if side >= length * 0.95], default=SIDES[0]) for length in wanted])
    for side in np.unique(side_of):
        found = np.flatnonzero(side_of == side)
        for start in range(0, len(found), GROUP):
            part = found[start : start + GROUP]
            chosen, box, light, dye, icon = (
                torch.from_numpy(values[part]).to(x.device)
                for values in (strokes.chosen, strokes.box, strokes.color, strokes.dye, strokes.icon)
            )
            u = (x[None] - box[:, 0, None, None]) / box[:, 2, None, None]
            v = (y[None] - box[:, 1, None, None]) / box[:, 3, None, None]
            source = levels[int(side)][icon].float()
            if strokes.dye[part].max() >= 0:
                source = torch.cat([dyed(source[:, :3], source[:, 3:], dye), source[:, 3:]], 1)
            sampled = F.grid_sample(source, torch.stack([u, v], -1), align_corners=False)
            color, coverage = sampled[:, :3] * ((light + 1) / 2)[:, :, None, None], sampled[:, 3:]
            images[chosen] = images[chosen] * (1 - coverage) + 2 * color - coverage
            masks[chosen] = torch.maximum(masks[chosen], coverage)
