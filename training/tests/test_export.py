import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from training.export import export_folder
from training.models.autoencoder import Decoder, Encoder
from training.onnx_weights import load_network
from training.stored_weights import folder_megabytes
from training.text_weights import load_text_encoder
from training.train_diffusion import Denoiser


def random_parts():
    torch.manual_seed(0)
    encoder, decoder, denoiser = Encoder(), Decoder(), Denoiser()
    with torch.no_grad():
        for network in (encoder, decoder, denoiser):
            for parameter in network.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.02)
    autoencoder = {"encoder": encoder.state_dict(), "decoder": decoder.state_dict()}
    diffusion = {"average": denoiser.state_dict(), "scaling_factor": 2.0, "pictures_seen": 0, "step": 0,
                 "seconds": 0, "share": 0, "learning_rate": 1e-3}  # fmt: skip
    return denoiser.eval(), autoencoder, diffusion


class ExportTest(unittest.TestCase):
    def setUp(self):
        warnings.simplefilter("ignore")

    def test_the_stored_model_computes_what_the_trained_one_does_at_any_size(self):
        denoiser, autoencoder, diffusion = random_parts()
        for storage, tolerance, limit in (("fp16", 5e-3, 10), ("int8", 5e-2, 6)):
            with tempfile.TemporaryDirectory() as folder:
                export_folder(Path(folder), autoencoder, diffusion, storage)
                self.assertLess(folder_megabytes(Path(folder)), limit)
                sample, words = torch.randn(3, 4, 12, 20), torch.randn(3, 32, 128)
                steps = torch.tensor([999, 500, 1])
                with torch.no_grad():
                    expected = denoiser.unet(sample, steps, words).numpy()
                session = ort.InferenceSession(f"{folder}/unet/model.onnx", providers=["CPUExecutionProvider"])
                inputs = {"sample": sample.numpy(), "timestep": steps.numpy(), "encoder_hidden_states": words.numpy()}
                np.testing.assert_allclose(session.run(None, inputs)[0], expected, atol=tolerance * np.abs(expected).max())

    def test_training_goes_on_from_an_exported_folder(self):
        denoiser, autoencoder, diffusion = random_parts()
        with tempfile.TemporaryDirectory() as folder:
            export_folder(Path(folder), autoencoder, diffusion, "fp16")
            fresh = Denoiser()
            load_network(fresh.unet, "unet", Path(folder))
            load_text_encoder(fresh.text_encoder, Path(folder))
            for (name, expected), actual in zip(denoiser.named_parameters(), fresh.parameters()):
                torch.testing.assert_close(actual, expected, atol=1e-3, rtol=1e-3, msg=name)
