"""The icons of the things as tensors: premultiplied RGBA at a few sides, so that a small one is not jagged.

`render_icons.mjs` leaves them in `.work/icons`.
"""

import gzip
import json
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..learning.checkpoint import WORK
from ..scenes.things import things

SIDES = (144, 108, 80, 60, 44)
FOLDER = WORK / "icons"


def read_icons(folder: Path = FOLDER) -> np.ndarray:
    """[things, 144, 144, 4], uint8, in the order of things.txt."""
    index = folder / "icons.json"
    if not index.exists():
        raise SystemExit(f"There are no icons in {folder}. Render them: npm --prefix training run icons")
    if json.loads(index.read_text()) != list(things()):
        raise SystemExit(f"The icons in {folder} are not those of things.txt. Render them again: npm --prefix training run icons")
    pixels = gzip.decompress((folder / "icons.rgba.gz").read_bytes())
    return np.frombuffer(pixels, np.uint8).reshape(-1, SIDES[0], SIDES[0], 4)


@cache
def atlas(device: str) -> dict[int, Tensor]:
    """Side -> [things, 4, side, side]: color times coverage in 0..1, coverage last. Half precision on a GPU."""
    levels: dict[int, list[Tensor]] = {side: [] for side in SIDES}
    icons = read_icons()
    for start in range(0, len(icons), 64):
        part = torch.from_numpy(icons[start : start + 64].transpose(0, 3, 1, 2).copy()).to(device).float() / 255
        part[:, :3] *= part[:, 3:]
        for side in SIDES:
            small = part if side == SIDES[0] else F.interpolate(part, (side, side), mode="bilinear", antialias=True)
            levels[side].append(small if device == "cpu" else small.half())
    return {side: torch.cat(parts) for side, parts in levels.items()}


def dyed(color: Tensor, coverage: Tensor, dye: Tensor) -> Tensor:
    """Premultiplied `color` [n, 3, h, w] whose strong colors become `dye` [n, 3] (in 0..1; negative for none), as bright as they
    were; whites, grays and blacks stay."""
    brightest, darkest = color.amax(1, keepdim=True), color.amin(1, keepdim=True)
    strength = ((brightest - darkest) / brightest.clamp(min=1e-4) * 1.5 - 0.2).clamp(0, 1)
    strength = strength * (dye[:, :1, None, None] >= 0)
    recolored = dye[:, :, None, None].clamp(min=0) * (brightest + 0.1 * coverage).clamp(max=1)
    return color * (1 - strength) + torch.minimum(recolored, coverage) * strength
