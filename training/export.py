"""Writes the trained model as a diffusers-style ONNX folder. `python -m training.export`"""

import argparse
import io
import json
import shutil
from pathlib import Path
from typing import Any

import onnx

from .checkpoint import WORK, load_checkpoint
from .models.autoencoder import FACTOR, LATENT_CHANNELS, WIDTHS, Decoder, Encoder
from .noise_schedule import BETA_END, BETA_START, STEPS
from .onnx_export import export_onnx, network_inputs
from .stored_weights import folder_megabytes, store_weights
from .tokenizer import write_tokenizer
from .train_diffusion import SIZES, Denoiser
from .vocabulary import words

LIMIT_MEGABYTES = 10

# Guidance over all of the schedule at 7.5 draws things that nobody asked for: counts were right in 70 % of pictures instead of
# all. What a picture shows is settled by then; the finishing is better left to the prompt alone.
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


def write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")


def export_folder(
    folder: Path, autoencoder: dict[str, Any], diffusion: dict[str, Any], storage: str, pictures_before: int = 0
) -> None:
    encoder, decoder, denoiser = Encoder(), Decoder(), Denoiser()
    encoder.load_state_dict(autoencoder["encoder"])
    decoder.load_state_dict(autoencoder["decoder"])
    denoiser.load_state_dict(diffusion["average"])
    networks = {"text_encoder": denoiser.text_encoder, "unet": denoiser.unet, "vae_decoder": decoder, "vae_encoder": encoder}
    for name, network in networks.items():
        buffer = io.BytesIO()
        export_onnx(network, network_inputs(name, network), buffer, name)
        model = store_weights(onnx.load_from_string(buffer.getvalue()), storage)
        onnx.checker.check_model(model)
        (folder / name).mkdir(parents=True, exist_ok=True)
        onnx.save(model, folder / name / "model.onnx")
    vae = {"scaling_factor": diffusion["scaling_factor"], "latent_channels": LATENT_CHANNELS,
           "block_out_channels": [*WIDTHS, WIDTHS[-1]]}  # fmt: skip
    write_json(folder / "vae_decoder" / "config.json", vae)
    write_json(folder / "vae_encoder" / "config.json", vae)
    write_json(folder / "unet" / "config.json", {"sample_size": SIZES[0][0] // FACTOR, "in_channels": LATENT_CHANNELS,
                                                 "out_channels": LATENT_CHANNELS, "cross_attention_dim": 128})  # fmt: skip
    write_json(folder / "scheduler" / "scheduler_config.json", SCHEDULER)
    write_json(folder / "model_index.json", MODEL_INDEX)
    write_tokenizer(folder / "tokenizer")
    write_json(folder / "endpoint.json", {
        "nativePixels": SIZES[0][0] * SIZES[0][1],
        "nativeSizes": [list(size) for size in SIZES],
        "defaults": {"guidanceScale": 7.5, "inferenceSteps": 25},
        "guidanceInterval": list(GUIDANCE_INTERVAL),
        "vocabulary": words(),
    })  # fmt: skip
    write_json(folder / "training.json", {
        "picturesSeen": pictures_before + diffusion["pictures_seen"], "picturesInLastRun": diffusion["pictures_seen"],
        "steps": diffusion["step"], "minutes": round(diffusion["seconds"] / 60, 1),
        "learningRate": diffusion["learning_rate"], "annealed": diffusion["share"] >= 1, "storage": storage,
    })  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the trained model as an ONNX folder.")
    parser.add_argument("--out", type=Path, default=WORK / "export")
    parser.add_argument("--autoencoder", type=Path, default=WORK / "autoencoder.pt")
    parser.add_argument("--diffusion", type=Path, default=WORK / "diffusion.pt")
    parser.add_argument("--storage", choices=("fp16", "int8"), default="fp16")
    parser.add_argument("--pictures-before", type=int, help="pictures seen by the weights that the run began with, if not noted")
    options = parser.parse_args()
    partial = options.out.with_name(options.out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    diffusion = load_checkpoint(options.diffusion)
    before = diffusion.get("pictures_before", 0) if options.pictures_before is None else options.pictures_before
    export_folder(partial, load_checkpoint(options.autoencoder), diffusion, options.storage, before)
    size = folder_megabytes(partial)
    if size > LIMIT_MEGABYTES:
        raise SystemExit(f"{partial} is {size:.1f} MB, more than the {LIMIT_MEGABYTES} MB that may ship; try --storage int8.")
    shutil.rmtree(options.out, ignore_errors=True)
    partial.rename(options.out)
    print(f"{options.out}: {size:.1f} MB")


if __name__ == "__main__":
    main()
