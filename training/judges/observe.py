"""Sees by geometry and color alone which shapes an image shows on which background. Images are [height, width, 3], uint8."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from PIL import Image

from ..rendering.outlines import OUTLINES
from ..rendering.textures import pattern, second_color
from ..scenes.vocabulary import COLORS, SHAPES, TEXTURES

NAMES = tuple(COLORS)
PALETTE = np.array([COLORS[name] for name in NAMES], dtype=np.float32)
SECONDS = (second_color(torch.from_numpy(PALETTE) / 127.5 - 1).numpy() + 1) * 127.5
JUDGED_AT = 128  # the shorter side for which these thresholds are
DIFFERENT = 38.0  # how far in RGB a pixel must be from the background to belong to an object
SMALLEST = 60  # pixels
MATCH = 0.6  # intersection over union below which a blob has no shape


@dataclass(frozen=True)
class Seen:
    """One object: what it is by nearest color, outline and texture; its center in units of half the shorter side; its pixels."""

    color: str
    shape: str
    texture: str
    x: float
    y: float
    area: int


def at_judging_size(image: np.ndarray) -> np.ndarray:
    """A larger image is reduced to the size that the thresholds are for."""
    height, width = image.shape[:2]
    if min(height, width) <= JUDGED_AT:
        return image
    scale = JUDGED_AT / min(height, width)
    return np.asarray(Image.fromarray(image).resize((round(width * scale), round(height * scale)), Image.Resampling.BOX))


def distance(pixels: np.ndarray, color: np.ndarray) -> np.ndarray:
    return np.linalg.norm(pixels.astype(np.float32) - color, axis=-1)


def background_rgb(image: np.ndarray) -> np.ndarray:
    """The median color of the rim."""
    rim = np.concatenate([image[:4].reshape(-1, 3), image[-4:].reshape(-1, 3), image[:, :4].reshape(-1, 3),
                          image[:, -4:].reshape(-1, 3)])  # fmt: skip
    return np.median(rim, axis=0)


def nearest_color(rgb: np.ndarray) -> str:
    return NAMES[int(distance(PALETTE, rgb).argmin())]


def components(mask: np.ndarray, smallest: int = SMALLEST) -> list[np.ndarray]:
    """The mask's connected parts (eight neighbours), largest first."""
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        padded = np.pad(labels, 1)
        height, width = mask.shape
        spread = np.max([padded[dy : dy + height, dx : dx + width] for dy in range(3) for dx in range(3)], axis=0)
        spread = np.where(mask, spread, 0)
        # Jump to the label's own label: long parts settle in few rounds.
        flat = np.concatenate([[0], spread.ravel()])
        spread = np.maximum(spread, flat[spread])
        if (spread == labels).all():
            break
        labels = spread
    found, sizes = np.unique(labels[labels > 0], return_counts=True)
    order = np.argsort(-sizes)
    return [labels == found[n] for n in order if sizes[n] >= smallest]


def filled(mask: np.ndarray) -> np.ndarray:
    """The mask without its holes."""
    outside = np.pad(~mask, 1, constant_values=True)
    parts = components(outside, 1)
    return ~next(part for part in parts if part[0, 0])[1:-1, 1:-1]


def eroded(mask: np.ndarray) -> np.ndarray:
    padded = np.pad(mask, 1)
    inner = mask & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return inner if inner.sum() > 20 else mask


def color_of(pixels: np.ndarray) -> str:
    """The color whose two tones explain the pixels best; the main tone has to show in a fifth of them at least."""
    best, name = np.inf, "none"
    for index, candidate in enumerate(NAMES):
        main, second = distance(pixels, PALETTE[index]), distance(pixels, SECONDS[index])
        if (main <= second).mean() < 0.2:
            continue
        error = np.minimum(main, second).mean()
        if error < best:
            best, name = error, candidate
    return name


@cache
def template(shape: str) -> tuple[np.ndarray, float, float, float]:
    """The shape drawn large: its mask on [-1.2, 1.2], its area and the center of its mass in units."""
    axis = torch.linspace(-1.2, 1.2, 241)
    v, u = torch.meshgrid(axis, axis, indexing="ij")
    mask = (OUTLINES[shape](u, v) < 0).numpy()
    return mask, mask.sum() * 0.01**2, float(u.numpy()[mask].mean()), float(v.numpy()[mask].mean())


def shape_of(mask: np.ndarray) -> tuple[str, float, float]:
    """The outline with the largest overlap when laid over the mask's mass, and where its own center then is (pixels)."""
    rows, columns = np.nonzero(mask)
    best, answer = 0.0, ("none", columns.mean(), rows.mean())
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]]
    for shape in SHAPES:
        ideal, area, center_u, center_v = template(shape)
        for stretch in (0.94, 1.0, 1.06):
            radius = (mask.sum() / area) ** 0.5 * stretch
            center_x, center_y = columns.mean() - center_u * radius, rows.mean() - center_v * radius
            column = np.round(((x - center_x) / radius + 1.2) * 100).astype(int)
            row = np.round(((y - center_y) / radius + 1.2) * 100).astype(int)
            inside = (column >= 0) & (column <= 240) & (row >= 0) & (row <= 240)
            drawn = np.zeros_like(mask)
            drawn[inside] = ideal[row[inside], column[inside]]
            overlap = (drawn & mask).sum() / (drawn | mask).sum()
            if overlap > best:
                best, answer = overlap, (shape, center_x, center_y)
    return answer if best >= MATCH else ("none", answer[1], answer[2])


def texture_of(image: np.ndarray, mask: np.ndarray, color: str, center: tuple[float, float]) -> str:
    """Plain if one tone rules; else the pattern that agrees best with where the second tone shows."""
    if color == "none":
        return "none"
    index = NAMES.index(color)
    second = distance(image, SECONDS[index]) < distance(image, PALETTE[index])
    inner = eroded(mask)
    if second[inner].mean() < 0.06:
        return "plain"
    height, width = mask.shape
    unit = min(height, width) / 2
    y, x = np.mgrid[:height, :width]
    marks = second[inner] - second[inner].mean()
    best, answer = -1.0, "none"
    for texture in TEXTURES[1:]:
        for dy in range(-6, 7, 2):
            for dx in range(-6, 7, 2):
                u = torch.from_numpy((x - center[0] - dx)[inner] / unit)
                v = torch.from_numpy((y - center[1] - dy)[inner] / unit)
                ideal = pattern(texture, u, v).numpy()
                ideal = ideal - ideal.mean()
                scale = np.sqrt((ideal**2).sum() * (marks**2).sum())
                agreement = (ideal * marks).sum() / scale if scale > 0 else 0
                if agreement > best:
                    best, answer = agreement, texture
    return answer


def look_at(image: np.ndarray, mask: np.ndarray) -> Seen:
    height, width = mask.shape
    unit = min(height, width) / 2
    color = color_of(image[eroded(mask)])
    shape, x, y = shape_of(mask)
    return Seen(color, shape, texture_of(image, mask, color, (x, y)), (x + 0.5 - width / 2) / unit,
                (y + 0.5 - height / 2) / unit, int(mask.sum()))  # fmt: skip


def background_of(image: np.ndarray) -> str:
    return nearest_color(background_rgb(image))


def objects_in(image: np.ndarray) -> list[Seen]:
    """Everything that stands out from the background, largest first."""
    mask = distance(image, background_rgb(image)) > DIFFERENT
    return [look_at(image, part) for part in components(mask)]


def nested_in(image: np.ndarray) -> tuple[Seen, Seen] | None:
    """The object inside another, and that other."""
    mask = distance(image, background_rgb(image)) > DIFFERENT
    parts = components(mask)
    if not parts:
        return None
    whole = filled(parts[0])
    ring = whole & ~eroded(eroded(eroded(eroded(whole))))
    outer_color = np.median(image[ring], axis=0)
    inner = components(whole & eroded(eroded(whole)) & (distance(image, outer_color) > DIFFERENT))
    if not inner:
        return None
    shape, x, y = shape_of(whole)
    unit = min(mask.shape) / 2
    outer = Seen(nearest_color(outer_color), shape, "plain", (x + 0.5) / unit - 1, (y + 0.5) / unit - 1, int(whole.sum()))
    return look_at(image, inner[0]), outer
