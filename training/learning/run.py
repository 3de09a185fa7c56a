"""The options that both trainings share."""

import argparse
from pathlib import Path

import torch

from .checkpoint import WORK
from .progress import Progress


def training_options(description: str, checkpoint: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--steps", type=int, help="length of the whole run in steps: repeatable")
    length.add_argument("--minutes", type=float, help="length of the whole run in minutes, all slices together")
    parser.add_argument("--slice-minutes", type=float, help="stop after so many minutes, with a checkpoint, to go on later")
    parser.add_argument("--checkpoint", type=Path, default=WORK / checkpoint, help="where the run is kept; gone on with if it is there")
    parser.add_argument("--restart", action="store_true", help="begin anew even if there is a checkpoint")
    parser.add_argument("--init-from", type=Path, help="an ONNX folder whose weights to begin with")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads; more than one only on an idle machine")
    return parser


def progress_of(options: argparse.Namespace) -> Progress:
    return Progress(total_steps=options.steps, total_seconds=options.minutes * 60 if options.minutes else None)
