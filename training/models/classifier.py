"""A small convolutional network that says which thing or shape a cutout shows: the judge of things by name.

It is trained on drawn images only (`train_classifier`), half of them after a round trip through the autoencoder, and never sees
what the denoiser draws. Its weights are in `judges/classifier.safetensors`.
"""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from ..scenes.things import things
from ..scenes.vocabulary import SHAPES

SIDE = 64
WIDTH = 48


def class_names() -> tuple[str, ...]:
    """What a classifier trained now would tell apart: icons of things, then shapes."""
    return (*things(), *SHAPES)


class Classifier(nn.Module):
    """Cutouts [batch, 3, 64, 64] in [-1, 1] -> logits [batch, classes]. `classes` names them."""

    def __init__(self, classes: tuple[str, ...]):
        super().__init__()
        self.classes = classes
        layers: list[nn.Module] = []
        inputs = 3
        for factor in (1, 2, 4, 6):
            outputs = WIDTH * factor
            layers += [nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
                       nn.Conv2d(outputs, outputs, 3, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]  # fmt: skip
            inputs = outputs
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(inputs * 4, len(classes))

    def forward(self, cutouts: Tensor) -> Tensor:
        return self.head(F.adaptive_avg_pool2d(self.layers(cutouts), 2).flatten(1))

    def save(self, path: Path) -> None:
        """Half precision, with the names of the classes."""
        weights = {key: value.half() if value.is_floating_point() else value for key, value in self.state_dict().items()}
        save_file({key: value.contiguous() for key, value in weights.items()}, path, {"classes": json.dumps(self.classes)})

    @classmethod
    def load(cls, path: Path) -> "Classifier":
        with safe_open(path, "pt") as file:
            classifier = cls(tuple(json.loads(file.metadata()["classes"])))
        classifier.load_state_dict({key: value.float() for key, value in load_file(path).items()})
        return classifier.eval()


def cut_out(images: Tensor, chosen: Tensor, boxes: Tensor) -> Tensor:
    """Square parts [n, 3, 64, 64] of the `chosen` images; `boxes` [n, 3] are center x, y and half side, in units of half the
    shorter side of an image."""
    height, width = images.shape[-2:]
    shorter = min(width, height)
    axis = (torch.arange(SIDE, device=images.device) + 0.5) / SIDE * 2 - 1
    x = (boxes[:, :1] + boxes[:, 2:] * axis) * shorter / width
    y = (boxes[:, 1:2] + boxes[:, 2:] * axis) * shorter / height
    grid = torch.stack([x[:, None, :].expand(-1, SIDE, -1), y[:, :, None].expand(-1, -1, SIDE)], -1)
    return F.grid_sample(images[chosen].float(), grid, align_corners=False, padding_mode="border")
