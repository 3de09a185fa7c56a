import type { Tensor } from 'onnxruntime-node';

/**
 * Makes a runtime keep 16-bit floats as raw bits in a `Uint16Array`.
 *
 * Where JavaScript has a `Float16Array`, onnxruntime-common insists on it, but the native binding takes its length for 0
 * (microsoft/onnxruntime#32323). It looks once, when the first tensor is made: so the first one is made with none in sight.
 */
export function keepRawHalfFloats(Tensors: typeof Tensor): void {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  if (descriptor === undefined) return;
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    void new Tensors('float16', new Uint16Array(1), [1]);
  } finally {
    Object.defineProperty(globalThis, 'Float16Array', descriptor);
  }
}
