"""A model as a diffusers-style ONNX folder: written by `write_folder`, read back into torch networks by `read_folder`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import onnx
from torch import nn

from ..models.autoencoder import FACTOR, LATENT_CHANNELS, WIDTHS, Decoder, Encoder
from ..models.denoiser import Denoiser
from ..models.noise_schedule import BETA_END, BETA_START, STEPS
from ..models.text_encoder import TEXT_WIDTH
from ..models.tokenizer import tokenizer
from ..models.unet import WIDTHS as UNET_WIDTHS
from ..scenes.sizes import SIZES
from ..scenes.vocabulary import announced_words
from .half_weights import store_half
from .onnx_export import export_onnx
from .read_text_encoder import load_text_encoder
from .read_weights import load_network

LIMIT_MEGABYTES = 40  # that may ship with the package
# Guided at 7.5 over the whole noise schedule, a small model draws things that nobody asked for: counts were right in 70 % of images
# instead of all. What an image shows is settled by then; the details are better left to the prompt alone.
GUIDANCE_INTERVAL = (0.3, 1)
SCHEDULER = {
    "_class_name": "DDIMScheduler", "num_train_timesteps": STEPS, "beta_start": BETA_START, "beta_end": BETA_END,
    "beta_schedule": "scaled_linear", "prediction_type": "v_prediction", "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing", "clip_sample": False, "set_alpha_to_one": True,
}  # fmt: skip
MODEL_INDEX = {
    "_class_name": "OnnxStableDiffusionPipeline",
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["diffusers", "OnnxRuntimeModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "OnnxRuntimeModel"],
    "vae_decoder": ["diffusers", "OnnxRuntimeModel"],
    "vae_encoder": ["diffusers", "OnnxRuntimeModel"],
    "safety_checker": [None, None],
    "feature_extractor": [None, None],
}


@dataclass
class Model:
    """`scaling_factor` brings latents to unit variance; `history` is what `training.json` tells of how the weights came about."""

    encoder: Encoder
    decoder: Decoder
    denoiser: Denoiser
    scaling_factor: float
    history: dict[str, Any] = field(default_factory=dict)

    def networks(self) -> dict[str, nn.Module]:
        return {"text_encoder": self.denoiser.text_encoder, "unet": self.denoiser.unet,
                "vae_decoder": self.decoder, "vae_encoder": self.encoder}  # fmt: skip


def write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")


def write_folder(model: Model, folder: Path) -> None:
    for name, network in model.networks().items():
        exported = store_half(export_onnx(name, network))
        onnx.checker.check_model(exported)
        (folder / name).mkdir(parents=True, exist_ok=True)
        onnx.save(exported, folder / name / "model.onnx")
    vae = {
        "scaling_factor": model.scaling_factor,
        "latent_channels": LATENT_CHANNELS,
        "block_out_channels": [*WIDTHS, WIDTHS[-1]],
    }
    write_json(folder / "vae_decoder" / "config.json", vae)
    write_json(folder / "vae_encoder" / "config.json", vae)
    square, _ = SIZES["square"]
    write_json(folder / "unet" / "config.json", {
        "sample_size": square // FACTOR, "in_channels": LATENT_CHANNELS, "out_channels": LATENT_CHANNELS,
        "cross_attention_dim": TEXT_WIDTH, "block_out_channels": list(UNET_WIDTHS),
    })  # fmt: skip
    write_json(folder / "scheduler" / "scheduler_config.json", SCHEDULER)
    write_json(folder / "model_index.json", MODEL_INDEX)
    tokenizer().save(folder / "tokenizer")
    write_json(folder / "endpoint.json", {
        "nativePixels": square * square,
        "nativeSizes": [list(size) for size in SIZES.values()],
        "defaults": {"guidanceScale": 7.5, "inferenceSteps": 25},
        "guidanceInterval": list(GUIDANCE_INTERVAL),
        "vocabulary": announced_words(),
    })  # fmt: skip
    write_json(folder / "training.json", model.history)


def read_folder(folder: Path) -> Model:
    """Known words keep their embeddings where the vocabulary has changed."""
    model = Model(Encoder(), Decoder(), Denoiser(), 1.0)
    for name, network in model.networks().items():
        if name != "text_encoder":
            load_network(name, network, folder)
    load_text_encoder(model.denoiser.text_encoder, folder)
    model.scaling_factor = json.loads((folder / "vae_decoder" / "config.json").read_text())["scaling_factor"]
    model.history = json.loads((folder / "training.json").read_text()) if (folder / "training.json").exists() else {}
    return model


def megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
