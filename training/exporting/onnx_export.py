"""torch network -> ONNX with the input and output names that diffusers' ONNX folders use."""

import inspect
from typing import BinaryIO

import torch
from torch import Tensor, nn

from .tokenizer import LENGTH

OPSET = 14
_LATENT = {0: "batch", 2: "height", 3: "width"}
NAMES: dict[str, tuple[list[str], str, dict[str, dict[int, str]]]] = {
    "text_encoder": (["input_ids"], "last_hidden_state", {"input_ids": {0: "batch"}, "last_hidden_state": {0: "batch"}}),
    "unet": (
        ["sample", "timestep", "encoder_hidden_states"],
        "out_sample",
        {"sample": _LATENT, "timestep": {0: "steps"}, "encoder_hidden_states": {0: "batch", 1: "words"}, "out_sample": _LATENT},
    ),
    "vae_decoder": (["latent_sample"], "sample", {"latent_sample": _LATENT, "sample": _LATENT}),
    "vae_encoder": (["sample"], "latent_parameters", {"sample": _LATENT, "latent_parameters": _LATENT}),
}


def network_inputs(name: str, network: nn.Module) -> tuple[Tensor, ...]:
    """Example inputs to trace with."""
    if name == "text_encoder":
        return (torch.zeros(2, network.positions.shape[0], dtype=torch.long),)
    if name == "unet":
        return (torch.randn(2, 4, 16, 16), torch.tensor([3, 3]), torch.randn(2, LENGTH, 128))
    if name == "vae_decoder":
        return (torch.randn(1, 4, 16, 16),)
    return (torch.randn(1, 3, 128, 128),)


def export_onnx(network: nn.Module, inputs: tuple[Tensor, ...], file: BinaryIO | str, name: str | None = None) -> None:
    """Exports at opset 14 with dynamic batch, height and width. Without a `name` the axes stay fixed and unnamed."""
    options = {}
    if name:
        input_names, output_name, axes = NAMES[name]
        options = {"input_names": input_names, "output_names": [output_name], "dynamic_axes": axes}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False  # one exporter on old and new torch, so that graphs can be compared
    network.eval()
    with torch.no_grad():
        torch.onnx.export(network, inputs, file, opset_version=OPSET, do_constant_folding=True, **options)
