"""Draws with diffusers what the tests of this package draw, and writes down the result.

Makes a small Stable Diffusion of random weights, exports it to ONNX (fixtures/tiny-sd, and fixtures/tiny-lcm with a UNet
that takes its guidance as an embedding), and lets diffusers' own pipelines draw with every scheduler
(fixtures/golden-images.json). Run once with:

    python -m venv --system-site-packages venv   # torch >= 1.13, onnx
    venv/bin/pip install diffusers==0.30.3 transformers==4.44.2 'tokenizers<0.20' 'numpy<2'
    venv/bin/python scripts/make-golden-images.py && pnpm exec oxfmt fixtures
"""

import base64
import json
import shutil
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
    LatentConsistencyModelPipeline, LCMScheduler, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel,
)  # fmt: skip
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer, CLIPTokenizerFast

FIXTURES = Path(__file__).parent.parent / "fixtures"
OPSET = 14
TEXT = 32
GUIDANCE_EMBEDDING = 32
PROMPT = "a red circle on a yellow background"
NEGATIVE = "blue"
SIZE = {"width": 64, "height": 48}
SEED = 2**32 * 7 + 99

# As in Stable Diffusion 1.5.
SCHEDULER = {
    "_class_name": "PNDMScheduler", "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012,
    "beta_schedule": "scaled_linear", "trained_betas": None, "skip_prk_steps": True, "set_alpha_to_one": False,
    "prediction_type": "epsilon", "steps_offset": 1, "clip_sample": False,
}  # fmt: skip
VELOCITY = {
    "prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing",
}  # fmt: skip
TURBO = {"timestep_spacing": "trailing"}

SCHEDULERS = {
    "ddim": (DDIMScheduler, {}),
    "pndm": (PNDMScheduler, {}),
    "euler": (EulerDiscreteScheduler, {}),
    "euler_a": (EulerAncestralDiscreteScheduler, {}),
    "dpm++_2m": (DPMSolverMultistepScheduler, {}),
    "dpm++_2m_karras": (DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
    "lcm": (LCMScheduler, {}),
}


def write_tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's two older files, with a handful of merges."""
    folder.mkdir(parents=True, exist_ok=True)
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = [chr(byte) for byte in printable] + [chr(256 + index) for index, _ in enumerate(others)]
    merges, pieces = [], set(letters)
    for word in "red circle on yellow background blue the".split():
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            pair = (parts[0], parts[1])
            if pair not in merges:
                merges.append(pair)
                pieces.add("".join(pair))
            parts = ["".join(pair), *parts[2:]]
    tokens = [*letters, *(letter + "</w>" for letter in letters), *("".join(pair) for pair in merges)]
    tokens = [*dict.fromkeys(tokens), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: index for index, token in enumerate(tokens)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    (folder / "special_tokens_map.json").write_text(json.dumps({
        "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
    }))  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 77}))
    return CLIPTokenizer.from_pretrained(folder)


def make_unet(guidance_embedding: int | None) -> UNet2DConditionModel:
    unet = UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(8, 16),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=TEXT, attention_head_dim=4, norm_num_groups=4, time_cond_proj_dim=guidance_embedding,
    ).eval()  # fmt: skip
    with torch.no_grad():
        # Random weights hardly hear the text; these do.
        for name, weight in unet.named_parameters():
            if "attn2.to_out.0.weight" in name or "attn2.to_v" in name or "cond_proj" in name:
                weight.mul_(6)
        noise = torch.randn(2, 4, 8, 8)
        unet.conv_out.weight.div_(unet(noise, 500, torch.randn(2, 77, TEXT)).sample.std())
    return unet


def make_vae() -> AutoencoderKL:
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 16, 16), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=1, norm_num_groups=4, sample_size=64,
    ).eval()  # fmt: skip
    with torch.no_grad():
        vae.decoder.conv_out.weight.mul_(0.4 / vae.decode(torch.randn(1, 4, 8, 8) / 0.18215).sample.std())
    return vae


class TextEncoder(torch.nn.Module):
    def __init__(self, model: CLIPTextModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids).last_hidden_state


class Decoder(torch.nn.Module):
    def __init__(self, vae: AutoencoderKL):
        super().__init__()
        self.vae = vae

    def forward(self, latent_sample):
        return self.vae.decode(latent_sample).sample


class Unet(torch.nn.Module):
    def __init__(self, unet: UNet2DConditionModel):
        super().__init__()
        self.unet = unet

    def forward(self, sample, timestep, encoder_hidden_states, timestep_cond=None):
        return self.unet(sample, timestep, encoder_hidden_states, timestep_cond=timestep_cond).sample


def export(module: torch.nn.Module, inputs: dict, output: str, axes: dict, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        module, tuple(inputs.values()), str(folder / "model.onnx"), input_names=list(inputs), output_names=[output],
        dynamic_axes=axes, opset_version=OPSET, do_constant_folding=True,
    )  # fmt: skip


def export_unet(unet: UNet2DConditionModel, folder: Path) -> None:
    image = {0: "batch", 2: "height", 3: "width"}
    inputs = {
        "sample": torch.randn(2, 4, 8, 8), "timestep": torch.rand(2) * 999,
        "encoder_hidden_states": torch.randn(2, 77, TEXT),
    }  # fmt: skip
    axes = {"sample": image, "timestep": {0: "batch"}, "encoder_hidden_states": {0: "batch"}, "out_sample": image}
    if unet.config.time_cond_proj_dim is not None:
        inputs["timestep_cond"] = torch.randn(2, unet.config.time_cond_proj_dim)
        axes["timestep_cond"] = {0: "batch"}
    export(Unet(unet), inputs, "out_sample", axes, folder)
    config = {name: unet.config[name] for name in (
        "sample_size", "in_channels", "cross_attention_dim", "time_cond_proj_dim", "down_block_types",
    )}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def write_index(folder: Path, pipeline: str, scheduler: dict) -> None:
    parts = {part: ["diffusers", "OnnxRuntimeModel"] for part in ("text_encoder", "unet", "vae_decoder")}
    index = {"_class_name": pipeline, **parts, "tokenizer": ["transformers", "CLIPTokenizer"],
             "scheduler": ["diffusers", scheduler["_class_name"]]}  # fmt: skip
    (folder / "scheduler").mkdir(parents=True, exist_ok=True)
    (folder / "model_index.json").write_text(json.dumps(index, indent=1) + "\n")
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler, indent=1) + "\n")


def draw(pipeline, scheduler_name: str, overrides: dict, steps: int, guidance: float) -> dict:
    scheduler_class, settings = SCHEDULERS[scheduler_name]
    pipeline.scheduler = scheduler_class.from_config({**SCHEDULER, **overrides, **settings})
    negative = {} if isinstance(pipeline, LatentConsistencyModelPipeline) else {"negative_prompt": NEGATIVE}
    image = pipeline(
        PROMPT, **SIZE, **negative, num_inference_steps=steps, guidance_scale=guidance, output_type="np",
        generator=torch.Generator("cpu").manual_seed(SEED),
    ).images[0]  # fmt: skip
    pixels = (image * 255).round().astype("uint8")
    print(f"{scheduler_name:16} steps {steps:2} guidance {guidance:3} {overrides} spread {pixels.std():.1f}")
    return {
        "scheduler": scheduler_name, "schedulerConfig": overrides, "steps": steps, "guidanceScale": guidance,
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
    }  # fmt: skip


def main() -> None:
    torch.manual_seed(20)
    sd, lcm = FIXTURES / "tiny-sd", FIXTURES / "tiny-lcm"
    for folder in (sd, lcm):
        shutil.rmtree(folder, ignore_errors=True)
    tokenizer = write_tokenizer(sd / "tokenizer")
    text_encoder = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=TEXT, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )).eval()  # fmt: skip
    vae, unet, lcm_unet = make_vae(), make_unet(None), make_unet(GUIDANCE_EMBEDDING)

    ids = torch.tensor([tokenizer(PROMPT, padding="max_length", max_length=77).input_ids])
    export(TextEncoder(text_encoder), {"input_ids": ids}, "last_hidden_state", {"input_ids": {0: "batch"}}, sd / "text_encoder")
    axes = {"latent_sample": {0: "batch", 2: "height", 3: "width"}}
    export(Decoder(vae), {"latent_sample": torch.randn(1, 4, 8, 8)}, "sample", axes, sd / "vae_decoder")
    vae_config = {name: vae.config[name] for name in ("block_out_channels", "latent_channels", "scaling_factor")}
    (sd / "vae_decoder" / "config.json").write_text(json.dumps(vae_config, indent=1) + "\n")
    export_unet(unet, sd / "unet")
    export_unet(lcm_unet, lcm / "unet")
    write_index(sd, "StableDiffusionPipeline", SCHEDULER)
    write_index(lcm, "LatentConsistencyModelPipeline", {**SCHEDULER, "_class_name": "LCMScheduler"})

    parts = {"vae": vae, "text_encoder": text_encoder, "tokenizer": tokenizer, "scheduler": PNDMScheduler(**{
        name: value for name, value in SCHEDULER.items() if name not in ("_class_name", "clip_sample")
    }), "safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}  # fmt: skip
    pipeline = StableDiffusionPipeline(unet=unet, **parts)
    lcm_pipeline = LatentConsistencyModelPipeline(unet=lcm_unet, **{**parts, "scheduler": LCMScheduler()})
    for each in (pipeline, lcm_pipeline):
        each.set_progress_bar_config(disable=True)

    images = [draw(pipeline, name, {}, 10, guidance) for name in SCHEDULERS for guidance in (1, 7.5)]
    images += [draw(pipeline, name, VELOCITY, 10, 5) for name in ("ddim", "euler", "euler_a", "dpm++_2m")]
    images += [draw(pipeline, "euler", TURBO, 2, 0), draw(pipeline, "dpm++_2m", {}, 25, 7.5)]
    embedded = [draw(lcm_pipeline, "lcm", {}, 4, guidance) for guidance in (1, 8)]

    texts = [
        PROMPT, "", "  A RED\n circle,  it's 123 fine!! ", "naïve café 🔴 赤い円", "re-d_dish don't WE'LL x" * 20,
        "<|endoftext|> red <|startoftext|>",
    ]  # fmt: skip
    # The slow tokenizer splits Chinese characters apart where ftfy is missing; the fast one never does.
    fast = CLIPTokenizerFast.from_pretrained(sd / "tokenizer")
    tokens = [
        {"text": text, "ids": fast(text, padding="max_length", max_length=77, truncation=True).input_ids}
        for text in texts
    ]
    (FIXTURES / "golden-images.json").write_text(json.dumps({
        "prompt": PROMPT, "negativePrompt": NEGATIVE, **SIZE, "seed": str(SEED),
        "images": images, "guidanceEmbedded": embedded, "tokens": tokens,
    }, indent=1, ensure_ascii=False) + "\n")  # fmt: skip


if __name__ == "__main__":
    main()
