"""Networks to an ONNX folder and back, and drawing with one."""
