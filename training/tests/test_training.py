"""The commands as a person gives them, each in a process of its own, with tiny batches."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from training.exporting.folder import read_folder
from training.exporting.pipeline import Pipeline
from training.learning.checkpoint import load_checkpoint
from training.models.classifier import Classifier
from training.models.text_encoder import TEXT_WIDTH

ROOT = Path(__file__).parent.parent.parent


def run(command, *arguments):
    result = subprocess.run(
        [sys.executable, "-m", f"training.{command}", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True
    )
    if result.returncode:
        raise AssertionError(f"training.{command} exited with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout


class TrainingTest(unittest.TestCase):
    """From nothing to a folder, once; the tests look at what is left."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.work = work = Path(cls.temporary.name)
        run("train_autoencoder", "--steps", 2, "--batch", 8, "--checkpoint", work / "autoencoder.pt")
        cls.command = ("train", "--steps", 3, "--batch", 4, "--pool", 100, "--report-every", 1,
                       "--autoencoder", work / "autoencoder.pt", "--checkpoint", work / "diffusion.pt")  # fmt: skip
        cls.log = run(*cls.command)
        run("export", "--checkpoint", work / "diffusion.pt", "--out", work / "export")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_a_run_ends_with_a_learning_rate_of_nearly_zero(self):
        optimizer = load_checkpoint(self.work / "diffusion.pt")["optimizers"][0]
        self.assertLess(optimizer["param_groups"][0]["lr"], 2e-3 * 3 / 200)
        self.assertIn("finished: 3 steps", self.log)

    def test_the_same_command_finds_a_finished_run_and_leaves_it(self):
        before = load_checkpoint(self.work / "diffusion.pt")["modules"]["denoiser"]
        self.assertIn("finished: 3 steps", run(*self.command))
        after = load_checkpoint(self.work / "diffusion.pt")["modules"]["denoiser"]
        self.assertTrue(all(torch.equal(before[key], after[key]) for key in before))

    def test_an_exported_folder_computes_what_the_networks_do_at_any_size(self):
        unet = read_folder(self.work / "export").denoiser.unet.eval()
        sample, words, steps = torch.randn(3, 4, 12, 20), torch.randn(3, 32, TEXT_WIDTH), torch.tensor([999, 500, 1])
        with torch.no_grad():
            expected = unet(sample, steps, words).numpy()
        session = ort.InferenceSession(self.work / "export" / "unet" / "model.onnx", providers=["CPUExecutionProvider"])
        inputs = {"sample": sample.numpy(), "timestep": steps.numpy(), "encoder_hidden_states": words.numpy()}
        np.testing.assert_allclose(session.run(None, inputs)[0], expected, atol=1e-4 * np.abs(expected).max())

    def test_what_is_read_back_and_exported_again_has_the_same_bytes(self):
        run(
            "train",
            "--resume-from",
            self.work / "export",
            "--steps",
            0,
            "--batch",
            4,
            "--pool",
            100,
            "--checkpoint",
            self.work / "again.pt",
        )
        run("export", "--checkpoint", self.work / "again.pt", "--out", self.work / "again")
        for file in (
            "unet/model.onnx",
            "text_encoder/model.onnx",
            "vae_decoder/model.onnx",
            "vae_encoder/model.onnx",
            "vae_decoder/config.json",
        ):
            self.assertEqual((self.work / "again" / file).read_bytes(), (self.work / "export" / file).read_bytes(), file)

    def test_training_continues_from_an_exported_folder(self):
        log = run("train", "--resume-from", self.work / "export", "--steps", 2, "--batch", 4, "--pool", 100,
                  "--checkpoint", self.work / "more.pt")  # fmt: skip
        self.assertIn("finished: 2 steps", log)
        facts = load_checkpoint(self.work / "more.pt")["facts"]
        self.assertEqual((facts["images_before"], facts["images_seen"]), (12, 8))

    def test_a_folder_draws_and_is_judged_beside_perfect_images(self):
        images = Pipeline(self.work / "export").draw(["a fox in the snow", "a red circle"], [1, 2], steps=2, size=(128, 160))
        self.assertEqual((images.shape, images.dtype), ((2, 160, 128, 3), np.uint8))
        run(
            "evaluate",
            "--model",
            self.work / "export",
            "--sets",
            "shapes",
            "single",
            "several",
            "negative-prompts",
            "--limit",
            2,
            "--steps",
            1,
        )
        report = json.loads((self.work / "export" / "evaluation.json").read_text())
        row = report["rows"]["one thing: top-1"]
        self.assertEqual((row["asked"], row["perfect"]["asked"]), (2, 2))
        run("card", "--model", self.work / "export")
        self.assertIn("| one thing: top-1 |", (self.work / "export" / "README.md").read_text())
        run("install", "--model", self.work / "export", "--target", self.work / "installed")
        self.assertTrue((self.work / "installed" / "unet" / "model.onnx").exists())

    def test_the_classifier_is_trained_on_drawn_images(self):
        run("train_classifier", "--steps", 2, "--batch", 8, "--model", self.work / "export", "--checkpoint", self.work / "classifier.pt",
            "--out", self.work / "classifier.safetensors")  # fmt: skip
        self.assertIn("fox", Classifier.load(self.work / "classifier.safetensors").classes)
