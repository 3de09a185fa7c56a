"""One training run: how long it lasts, its learning rate, its checkpoint and its log.

The learning rate warms up and then falls linearly to zero by the end of the run. That matters more than anything else: judge a model
only after its run has ended (shapes went from 29 % to 94 % right in the last third of one).
"""

import argparse
import random
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .checkpoint import WORK, load_checkpoint, save_checkpoint

SAVE_EVERY = 60  # seconds
SYNCHRONIZE_EVERY = 10  # steps; the clock must not run ahead of a GPU


def run_options(description: str | None, checkpoint: str) -> argparse.ArgumentParser:
    """The options that all trainings share."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--steps", type=int, help="length of the whole run in steps: repeatable")
    length.add_argument("--minutes", type=float, help="length of the whole run in minutes, all slices together")
    parser.add_argument("--slice-minutes", type=float, help="stop after so many minutes; the same command continues later")
    parser.add_argument(
        "--checkpoint", type=Path, default=WORK / checkpoint, help="where the run is saved; continued if it is there"
    )
    parser.add_argument("--restart", action="store_true", help="start anew even if there is a checkpoint")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of this process")
    parser.add_argument("--workers", type=int, help="processes that make up scenes (default: 12 for a GPU, else none)")
    parser.add_argument("--batch", type=int, help="examples per step (default: 512 on a GPU, else 64)")
    parser.add_argument("--report-every", type=int, default=50, help="steps")
    return parser


def parse_run_options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    options = parser.parse_args()
    on_gpu = options.device != "cpu"
    options.workers = 12 * on_gpu if options.workers is None else options.workers
    options.batch = options.batch or (512 if on_gpu else 64)
    torch.set_num_threads(options.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    return options


class Run:
    """Iterate over `steps()`, and give each step's loss to `record`.

    `modules` and `optimizers` are saved every minute and restored if the checkpoint exists. So are the `facts`: plain values, such
    as how many images were seen.
    """

    def __init__(
        self, options: argparse.Namespace, modules: dict[str, nn.Module], optimizers: list[torch.optim.Optimizer], *,
        learning_rate: float, warm_up: int,
    ):  # fmt: skip
        self.options, self.modules, self.optimizers = options, modules, optimizers
        self.learning_rate, self.warm_up = learning_rate, warm_up
        self.step, self.seconds, self.facts = 0, 0.0, dict[str, Any]()
        self._losses: list[Tensor] = []
        if options.checkpoint.exists() and not options.restart:
            self._restore(load_checkpoint(options.checkpoint))
        # A slice draws new scenes, from seed and step: repeatable, and never the same images again.
        self.rng = random.Random(f"{options.seed}-{self.step}")
        torch.manual_seed(zlib.crc32(f"{options.seed}-{self.step}".encode()))

    @property
    def share(self) -> float:
        """How much of the run is over, 0..1."""
        done, whole = (
            (self.step, self.options.steps) if self.options.minutes is None else (self.seconds, 60 * self.options.minutes)
        )
        return min(1.0, done / whole) if whole else 1.0

    def steps(self) -> Iterator[int]:
        """The numbers of the steps of this slice. What came before it does not count as time."""
        since = begun = saved = time.monotonic()
        slice_seconds = 60 * (self.options.slice_minutes or float("inf"))
        while self.share < 1 and since - begun < slice_seconds:
            self._set_learning_rate(self.learning_rate * min(1, (self.step + 1) / self.warm_up) * (1 - self.share))
            yield self.step
            self.step += 1
            if self.options.device != "cpu" and self.step % SYNCHRONIZE_EVERY == 0:
                torch.cuda.synchronize()
            now = time.monotonic()
            self.seconds, since = self.seconds + now - since, now
            if self.step % self.options.report_every == 0:
                self._report()
            if now - saved > SAVE_EVERY:
                self.save()
                saved = time.monotonic()
        self.save()
        print(f"{'finished' if self.share >= 1 else 'slice done'}: {self.step} steps in {self.seconds:.0f} s", flush=True)

    def record(self, loss: Tensor) -> None:
        self._losses.append(loss.detach().clone())

    def save(self) -> None:
        save_checkpoint(self.options.checkpoint, {
            "step": self.step, "seconds": self.seconds, "share": self.share, "learning_rate": self.learning_rate,
            "batch": self.options.batch, "facts": self.facts,
            "modules": {name: module.state_dict() for name, module in self.modules.items()},
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        })  # fmt: skip

    def _restore(self, saved: dict[str, Any]) -> None:
        for name, module in self.modules.items():
            module.load_state_dict(saved["modules"][name])
        for optimizer, state in zip(self.optimizers, saved["optimizers"]):
            settings = [{key: group[key] for key in group if key != "params"} for group in optimizer.param_groups]
            optimizer.load_state_dict(state)
            for group, own in zip(optimizer.param_groups, settings):
                group.update(own)
        self.step, self.seconds, self.facts = saved["step"], saved["seconds"], saved["facts"]
        print(f"continuing {self.options.checkpoint} at step {self.step}", flush=True)

    def _set_learning_rate(self, rate: float) -> None:
        """In place where it is a tensor: a CUDA graph reads it from there."""
        for group in (group for optimizer in self.optimizers for group in optimizer.param_groups):
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def _report(self) -> None:
        loss = torch.stack(self._losses).mean().item()
        self._losses.clear()
        facts = "".join(f"  {name.replace('_', ' ')} {value}" for name, value in self.facts.items() if isinstance(value, int))
        print(f"step {self.step}  {self.seconds:.0f} s  {self.share:.1%}  loss {loss:.4f}{facts}", flush=True)
        if loss != loss:
            raise SystemExit("The loss is not a number. Lower --learning-rate.")
