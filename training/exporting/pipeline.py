"""Draws with an exported ONNX folder as the endpoint does: tokenizer ids, guidance in its interval, DDIM with trailing steps."""

import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from .noise_schedule import STEPS, alphas_cumprod
from .tokenizer import encode


class Pipeline:
    def __init__(self, folder: Path, threads: int = 1):
        settings = ort.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.log_severity_level = 3
        names = ("text_encoder", "unet", "vae_decoder")
        self.text_encoder, self.unet, self.decoder = (
            ort.InferenceSession(str(folder / name / "model.onnx"), settings, providers=["CPUExecutionProvider"]) for name in names
        )
        self.scale = json.loads((folder / "vae_decoder" / "config.json").read_text())["scaling_factor"]
        self.alphas = alphas_cumprod().numpy()
        endpoint = json.loads((folder / "endpoint.json").read_text())
        self.guided = [share * STEPS for share in endpoint.get("guidanceInterval", (0, 1))]

    def embed(self, prompts: list[str]) -> np.ndarray:
        ids = np.array([encode(prompt) for prompt in prompts], dtype=np.int64)
        return self.text_encoder.run(None, {"input_ids": ids})[0]

    def ask(self, sample: np.ndarray, timestep: int, words: np.ndarray) -> np.ndarray:
        return self.unet.run(None, {
            "sample": sample.astype(np.float32),
            "timestep": np.full(len(sample), timestep, dtype=np.int64),
            "encoder_hidden_states": words,
        })[0]  # fmt: skip

    def draw(
        self,
        prompts: list[str],
        seeds: list[int],
        negative_prompts: list[str] | None = None,
        *,
        guidance: float = 7.5,
        steps: int = 25,
        size: tuple[int, int] = (128, 128),
    ) -> np.ndarray:
        """Pictures [batch, height, width, 3], uint8. Seeds give the noise that torch gives them on a CPU."""
        width, height = size
        away, towards = self.embed(negative_prompts or [""] * len(prompts)), self.embed(prompts)
        x = np.stack([
            torch.randn(4, height // 8, width // 8, generator=torch.Generator().manual_seed(seed)).numpy() for seed in seeds
        ])  # fmt: skip
        stride = STEPS / steps
        for step in range(steps):
            timestep = round(STEPS - step * stride) - 1
            before = round(STEPS - (step + 1) * stride) - 1
            alpha, alpha_before = self.alphas[timestep], self.alphas[before] if before >= 0 else 1.0
            if self.guided[0] <= timestep <= self.guided[1]:
                both = self.ask(np.concatenate([x, x]), timestep, np.concatenate([away, towards]))
                without, conditioned = np.split(both, 2)
                velocity = without + guidance * (conditioned - without)
            else:
                velocity = self.ask(x, timestep, towards)
            original = alpha**0.5 * x - (1 - alpha) ** 0.5 * velocity
            noise = alpha**0.5 * velocity + (1 - alpha) ** 0.5 * x
            x = alpha_before**0.5 * original + (1 - alpha_before) ** 0.5 * noise
        pictures = self.decoder.run(None, {"latent_sample": (x / self.scale).astype(np.float32)})[0]
        return ((pictures + 1) * 127.5).clip(0, 255).round().astype(np.uint8).transpose(0, 2, 3, 1)
