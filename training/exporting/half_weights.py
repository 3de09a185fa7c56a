"""Halves an ONNX file: weights are stored as float16, and the first nodes of the graph restore them to float32.

The runtime folds that when it loads the file, so there is no operator to support and no speed lost.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALL = 1024  # tensors with fewer numbers stay as they are


def store_half(model: onnx.ModelProto) -> onnx.ModelProto:
    graph = model.graph
    initializers, restoring = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < SMALL:
            initializers.append(tensor)
        else:
            initializers.append(numpy_helper.from_array(values.astype(np.float16), f"{tensor.name}_fp16"))
            restoring.append(helper.make_node("Cast", [f"{tensor.name}_fp16"], [tensor.name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(initializers)
    graph.node.extend([*restoring, *nodes])
    return model
