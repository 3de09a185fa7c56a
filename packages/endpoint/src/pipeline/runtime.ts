import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { keepRawHalfFloats } from './keep-raw-half-floats.ts';
import { ModelError } from './model-error.ts';

/** What runs the networks: the native library, or its WebAssembly sister where there is no native binary. */
export interface Runtime {
  readonly name: 'onnxruntime-node' | 'onnxruntime-web';
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
}

/** Imports one of the two libraries by name; a parameter so that a missing native binary can be tried out. */
export type ImportRuntime = (name: Runtime['name']) => Promise<Omit<Runtime, 'name'>>;

const importRuntime: ImportRuntime = async (name) => {
  // Not even an optional dependency: package managers would fetch its 148 MB for everyone. Whoever needs it installs it in a
  // project of their own, which a strict package manager does not show to this package.
  const module = name === 'onnxruntime-web' ? createRequire(join(process.cwd(), 'package.json')).resolve(name) : name;
  return (await import(module)) as Omit<Runtime, 'name'>;
};

/**
 * Loads `onnxruntime-node`; where it has no binary for this machine (an Intel Mac, Alpine Linux) `onnxruntime-web`, if
 * it is installed.
 *
 * @throws ModelError where neither can be loaded
 */
export async function loadRuntime(load: ImportRuntime = importRuntime): Promise<Runtime> {
  try {
    const { InferenceSession, Tensor } = await load('onnxruntime-node');
    keepRawHalfFloats(Tensor);
    return { name: 'onnxruntime-node', InferenceSession, Tensor };
  } catch (nativeError) {
    try {
      const { InferenceSession, Tensor } = await load('onnxruntime-web');
      return { name: 'onnxruntime-web', InferenceSession, Tensor };
    } catch {
      if (isNotInstalled(nativeError)) {
        throw new ModelError(
          'The package onnxruntime-node, which runs the model, is not installed. Install it: npm install --ignore-scripts onnxruntime-node@1.30',
        );
      }
      const reason = nativeError instanceof Error ? nativeError.message.split('\n')[0] : String(nativeError);
      throw new ModelError(
        `onnxruntime-node cannot run on this machine (${process.platform} ${process.arch}): ${reason} Install onnxruntime-web in the folder you start from: slower, but it runs everywhere.`,
      );
    }
  }
}

/** Whether the package itself is missing, rather than its binary for this machine. */
function isNotInstalled(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Cannot find package 'onnxruntime-node'");
}
