"""Writes fixtures/io-variants: one very small Stable-Diffusion-shaped model, exported in each way that real exports differ.

Every folder holds only the networks that differ from `base`. The networks are a few operators each, so that every variant
must give the very image of `base`. Run with onnx >= 1.12 and numpy:

    python scripts/make-io-variants.py
"""

import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper
from onnx.external_data_helper import convert_model_to_external_data

FOLDER = Path(__file__).parent.parent / "fixtures" / "io-variants"
VOCABULARY, LENGTH, TEXT, CONDITION = 541, 77, 8, 16
random = np.random.default_rng(5)


def weights(*shape: int, scale: float = 1.0) -> np.ndarray:
    return (random.standard_normal(shape) * scale).astype(np.float32)


EMBEDDING, MIX, TO_LATENTS = weights(VOCABULARY, TEXT), weights(4, 4, 1, 1, scale=0.4), weights(TEXT, 4, scale=0.5)
FROM_CONDITION, TO_RGB = weights(CONDITION, 4), weights(3, 4, 1, 1, scale=0.004)


def save(path: str, nodes: list, inputs: list, outputs: list, constants: dict, external: bool = False) -> None:
    initializers = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = h.make_graph(nodes, "variant", inputs, outputs, initializers)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    file = FOLDER / path / "model.onnx"
    file.parent.mkdir(parents=True, exist_ok=True)
    if external:
        # Shapes stay inside, as exporters keep them: the runtime reads them before it opens the weights.
        convert_model_to_external_data(model, location="weights.pb", size_threshold=75)
    onnx.save_model(model, str(file))


def tensor(name: str, kind: int, shape: list):
    return h.make_tensor_value_info(name, kind, shape)


def text_encoder(variant: str, ids: int = T.INT64, external: bool = False) -> None:
    save(
        f"{variant}/text_encoder",
        [h.make_node("Gather", ["embedding", "input_ids"], ["last_hidden_state"])],
        [tensor("input_ids", ids, ["batch", LENGTH])],
        [tensor("last_hidden_state", T.FLOAT, ["batch", LENGTH, TEXT])],
        {"embedding": EMBEDDING},
        external,
    )


def unet(
    variant: str,
    timestep: int = T.INT64,
    steps: list = ("batch",),
    batch: int | str = "batch",
    io: int = T.FLOAT,
    condition: bool = False,
    external: bool = False,
) -> None:
    """conv(sample) + mean(text) W + timestep / 1000 (+ timestep_cond C)."""
    latents = [batch, 4, "height", "width"]
    nodes = [
        h.make_node("Cast", ["sample"], ["x"], to=T.FLOAT),
        h.make_node("Cast", ["encoder_hidden_states"], ["text"], to=T.FLOAT),
        h.make_node("Cast", ["timestep"], ["t"], to=T.FLOAT),
        h.make_node("Div", ["t", "thousand"], ["time"]),
        h.make_node("Reshape", ["time", "column"], ["times"]),
        h.make_node("Conv", ["x", "mix"], ["mixed"]),
        h.make_node("ReduceMean", ["text"], ["mean"], axes=[1], keepdims=0),
        h.make_node("MatMul", ["mean", "to_latents"], ["shift"]),
        h.make_node("Add", ["shift", "times"], ["timed"]),
    ]
    inputs = [
        tensor("sample", io, latents),
        tensor("timestep", timestep, list(steps)),
        tensor("encoder_hidden_states", io, [batch, LENGTH, TEXT]),
    ]
    constants = {
        "thousand": np.float32(1000), "column": np.array([-1, 1], np.int64), "mix": MIX, "to_latents": TO_LATENTS,
        "planes": np.array([-1, 4, 1, 1], np.int64),
    }  # fmt: skip
    last = "timed"
    if condition:
        inputs.append(tensor("timestep_cond", io, [batch, CONDITION]))
        constants["from_condition"] = FROM_CONDITION
        nodes += [
            h.make_node("Cast", ["timestep_cond"], ["condition"], to=T.FLOAT),
            h.make_node("MatMul", ["condition", "from_condition"], ["guided"]),
            h.make_node("Add", ["timed", "guided"], ["conditioned"]),
        ]
        last = "conditioned"
    nodes += [
        h.make_node("Reshape", [last, "planes"], ["bias"]),
        h.make_node("Add", ["mixed", "bias"], ["sum"]),
        h.make_node("Cast", ["sum"], ["out_sample"], to=io),
    ]
    save(f"{variant}/unet", nodes, inputs, [tensor("out_sample", io, latents)], constants, external)


def vae_decoder(variant: str, io: int = T.FLOAT, external: bool = False) -> None:
    save(
        f"{variant}/vae_decoder",
        [
            h.make_node("Cast", ["latent_sample"], ["x"], to=T.FLOAT),
            h.make_node("Conv", ["x", "to_rgb"], ["rgb"]),
            h.make_node("Resize", ["rgb", "", "eight"], ["large"], mode="nearest"),
            h.make_node("Tanh", ["large"], ["squeezed"]),
            h.make_node("Cast", ["squeezed"], ["sample"], to=io),
        ],
        [tensor("latent_sample", io, ["batch", 4, "height", "width"])],
        [tensor("sample", io, ["batch", 3, "rows", "columns"])],
        {"to_rgb": TO_RGB, "eight": np.array([1, 1, 8, 8], np.float32)},
        external,
    )


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    text_encoder("base")
    unet("base")
    vae_decoder("base")
    text_encoder("int32-ids", ids=T.INT32)
    unet("scalar-timestep", steps=[])
    unet("single-timestep", steps=[1])
    unet("float-timestep", timestep=T.FLOAT)
    unet("double-scalar-timestep", timestep=T.DOUBLE, steps=[])
    unet("one-image-at-a-time", batch=1, steps=[1])
    unet("half-floats", io=T.FLOAT16, timestep=T.FLOAT16)
    vae_decoder("half-floats", io=T.FLOAT16)
    unet("guidance-embedding", condition=True)
    for network in (text_encoder, unet, vae_decoder):
        network("weights-beside-the-model", external=True)


if __name__ == "__main__":
    main()
