"""A torch network -> ONNX, with the input and output names that diffusers' ONNX folders use."""

import io
import warnings

import onnx
import torch
from torch import Tensor, nn

from ..models.text_encoder import TEXT_WIDTH
from ..models.tokenizer import LENGTH

OPSET = 14
LATENT_AXES = {0: "batch", 2: "height", 3: "width"}
NAMES: dict[str, tuple[list[str], str, dict[str, dict[int, str]]]] = {
    "text_encoder": (["input_ids"], "last_hidden_state", {"input_ids": {0: "batch"}, "last_hidden_state": {0: "batch"}}),
    "unet": (
        ["sample", "timestep", "encoder_hidden_states"],
        "out_sample",
        {
            "sample": LATENT_AXES,
            "timestep": {0: "steps"},
            "encoder_hidden_states": {0: "batch", 1: "words"},
            "out_sample": LATENT_AXES,
        },
    ),
    "vae_decoder": (["latent_sample"], "sample", {"latent_sample": LATENT_AXES, "sample": LATENT_AXES}),
    "vae_encoder": (["sample"], "latent_parameters", {"sample": LATENT_AXES, "latent_parameters": LATENT_AXES}),
}


def example_inputs(name: str, network: nn.Module) -> tuple[Tensor, ...]:
    """Inputs to trace with."""
    match name:
        case "text_encoder":
            return (torch.zeros(2, network.positions.shape[0], dtype=torch.long),)
        case "unet":
            return (torch.randn(2, 4, 16, 16), torch.tensor([3, 3]), torch.randn(2, LENGTH, TEXT_WIDTH))
        case "vae_decoder":
            return (torch.randn(1, 4, 16, 16),)
        case "vae_encoder":
            return (torch.randn(1, 3, 128, 128),)
    raise ValueError(f"There is no network {name!r}.")


def export_onnx(name: str, network: nn.Module) -> onnx.ModelProto:
    """At opset 14, with dynamic batch, height and width."""
    input_names, output_name, axes = NAMES[name]
    buffer = io.BytesIO()
    network.eval()
    with torch.no_grad(), warnings.catch_warnings(action="ignore"):  # of the exporter, about shapes that are fixed by design
        torch.onnx.export(
            network, example_inputs(name, network), buffer, opset_version=OPSET, do_constant_folding=True, dynamo=False,
            input_names=input_names, output_names=[output_name], dynamic_axes=axes,
        )  # fmt: skip
    return onnx.load_from_string(buffer.getvalue())
