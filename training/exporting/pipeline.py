"""Draws with an ONNX folder as the endpoint does: its own tokenizer, classifier-free guidance (Ho & Salimans 2022) in an interval of
the noise schedule (Kynkäänniemi et al. 2024), DDIM (Song et al. 2021) with trailing timesteps (Lin et al. 2024)."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from ..models.autoencoder import FACTOR, LATENT_CHANNELS
from ..models.noise_schedule import STEPS, alphas_cumprod
from ..models.tokenizer import Tokenizer

Size = tuple[int, int]


class Pipeline:
    def __init__(self, folder: Path, threads: int = 1):
        settings = ort.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.log_severity_level = 3
        self.text_encoder, self.unet, self.decoder = (
            ort.InferenceSession(str(folder / name / "model.onnx"), settings, providers=["CPUExecutionProvider"])
            for name in ("text_encoder", "unet", "vae_decoder")
        )
        self.tokenizer = Tokenizer.load(folder / "tokenizer")
        self.scaling_factor = json.loads((folder / "vae_decoder" / "config.json").read_text())["scaling_factor"]
        endpoint = json.loads((folder / "endpoint.json").read_text())
        self.sizes: list[Size] = [(width, height) for width, height in endpoint["nativeSizes"]]
        self.guided = [share * STEPS for share in endpoint.get("guidanceInterval", (0, 1))]
        self.alphas = alphas_cumprod().numpy()

    def embed(self, prompts: Sequence[str]) -> np.ndarray:
        """[batch, words, width]"""
        ids = np.array([self.tokenizer.encode(prompt) for prompt in prompts], dtype=np.int64)
        return self.text_encoder.run(None, {"input_ids": ids})[0]

    def velocity(self, latents: np.ndarray, timestep: int, words: np.ndarray) -> np.ndarray:
        return self.unet.run(None, {
            "sample": latents.astype(np.float32),
            "timestep": np.full(len(latents), timestep, dtype=np.int64),
            "encoder_hidden_states": words,
        })[0]  # fmt: skip

    def guided_velocity(
        self, latents: np.ndarray, timestep: int, prompt: np.ndarray, negative: np.ndarray, scale: float
    ) -> np.ndarray:
        if not self.guided[0] <= timestep <= self.guided[1]:
            return self.velocity(latents, timestep, prompt)
        both = self.velocity(np.concatenate([latents, latents]), timestep, np.concatenate([negative, prompt]))
        without, conditioned = np.split(both, 2)
        return without + scale * (conditioned - without)

    def draw(
        self,
        prompts: Sequence[str],
        seeds: Sequence[int],
        negative_prompts: Sequence[str] | None = None,
        *,
        guidance: float = 7.5,
        steps: int = 25,
        size: Size | None = None,
    ) -> np.ndarray:
        """Images [batch, height, width, 3], uint8; `size` is width and height, the folder's first by default.

        A seed gives the noise that torch gives on a CPU.
        """
        width, height = size or self.sizes[0]
        negative, prompt = self.embed(negative_prompts or [""] * len(prompts)), self.embed(prompts)
        noise_shape = LATENT_CHANNELS, height // FACTOR, width // FACTOR
        x = np.stack([torch.randn(noise_shape, generator=torch.Generator().manual_seed(seed)).numpy() for seed in seeds])
        for step in range(steps):
            timestep, before = (round(STEPS - n * STEPS / steps) - 1 for n in (step, step + 1))
            alpha, alpha_before = self.alphas[timestep], self.alphas[before] if before >= 0 else 1.0
            velocity = self.guided_velocity(x, timestep, prompt, negative, guidance)
            original = alpha**0.5 * x - (1 - alpha) ** 0.5 * velocity
            noise = alpha**0.5 * velocity + (1 - alpha) ** 0.5 * x
            x = alpha_before**0.5 * original + (1 - alpha_before) ** 0.5 * noise
        images = self.decoder.run(None, {"latent_sample": (x / self.scaling_factor).astype(np.float32)})[0]
        return to_bytes(torch.from_numpy(images))


def to_bytes(images: torch.Tensor) -> np.ndarray:
    """[batch, 3, height, width] in [-1, 1] -> [batch, height, width, 3], uint8."""
    return ((images + 1) * 127.5).clamp(0, 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
