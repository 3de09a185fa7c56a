"""Writes what `train` left as an ONNX folder. `python -m training.export`"""

import argparse
import shutil
from pathlib import Path

from .exporting.folder import LIMIT_MEGABYTES, Model, megabytes, write_folder
from .learning.checkpoint import WORK, load_checkpoint
from .models.autoencoder import Decoder, Encoder
from .models.denoiser import Denoiser


def read_checkpoint(path: Path) -> Model:
    """The averaged weights, and the autoencoder that they were trained with."""
    saved = load_checkpoint(path)
    modules, facts = saved["modules"], saved["facts"]
    model = Model(Encoder(), Decoder(), Denoiser(), facts["scaling_factor"])
    for network, name in ((model.encoder, "encoder"), (model.decoder, "decoder"), (model.denoiser, "average")):
        network.load_state_dict(modules[name])
    model.history = {
        "imagesSeen": facts["images_before"] + facts["images_seen"], "imagesInLastRun": facts["images_seen"], "steps": saved["step"],
        "batch": saved["batch"], "minutes": round(saved["seconds"] / 60, 1), "learningRate": saved["learning_rate"],
        "annealed": saved["share"] >= 1, "storage": "fp16",
    }  # fmt: skip
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the trained model as an ONNX folder.")
    parser.add_argument("--checkpoint", type=Path, default=WORK / "diffusion.pt")
    parser.add_argument("--out", type=Path, default=WORK / "export")
    options = parser.parse_args()
    partial = options.out.with_name(options.out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    write_folder(read_checkpoint(options.checkpoint), partial)
    if (size := megabytes(partial)) > LIMIT_MEGABYTES:
        raise SystemExit(f"{partial} is {size:.1f} MB; at most {LIMIT_MEGABYTES} MB may ship. Make the networks smaller.")
    shutil.rmtree(options.out, ignore_errors=True)
    partial.rename(options.out)
    print(f"{options.out}: {size:.1f} MB")


if __name__ == "__main__":
    main()
