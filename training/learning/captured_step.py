"""A training step as a CUDA graph, so that its thousands of kernels are launched as one.

Launched one by one from Python, a step of 512 images took 88 to 125 ms on an H200, where 20 to 40 ms of computing were expected. This
has not run on a GPU yet.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Step = Callable[..., Tensor]
WARM_UPS = 3


class CapturedStep:
    """Captures the step once for each shape of its inputs, after a few real steps on a side stream, as PyTorch's notes on whole-network
    capture say. The step returns its loss, which stays valid until the next call. Falls back to the plain step where capturing
    fails, and off CUDA."""

    def __init__(self, step: Step, device: str):
        self._step, self._capturing = step, device != "cpu"
        self._pool = torch.cuda.graph_pool_handle() if self._capturing else None  # one graph at a time runs, so they share memory
        self._graphs: dict[torch.Size, tuple[torch.cuda.CUDAGraph, list[Tensor], Tensor]] = {}

    def __call__(self, *inputs: Tensor) -> Tensor:
        if self._capturing and inputs[0].shape not in self._graphs:
            try:
                self._capture(inputs)
            except RuntimeError as error:
                print(f"no CUDA graph, every step is launched kernel by kernel: {error}", flush=True)
                self._capturing = False
        if not self._capturing:
            return self._step(*inputs)
        graph, held, loss = self._graphs[inputs[0].shape]
        for static, tensor in zip(held, inputs):
            static.copy_(tensor)
        graph.replay()
        return loss

    def _capture(self, inputs: tuple[Tensor, ...]) -> None:
        held = [tensor.clone() for tensor in inputs]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UPS):
                self._step(*held)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            loss = self._step(*held)
        self._graphs[inputs[0].shape] = graph, held, loss
