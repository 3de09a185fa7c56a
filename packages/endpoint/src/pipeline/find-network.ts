import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from './model-error.ts';

/** The networks of a Stable Diffusion model, by their folders. */
export const networkFolders = ['text_encoder', 'unet', 'vae_decoder'] as const;

const pointerStart = 'version https://git-lfs';

/**
 * The file of a network in a model folder.
 *
 * @throws ModelError where it is missing, or only a Git LFS pointer to it is there
 */
export async function findNetwork(path: string, folder: (typeof networkFolders)[number]): Promise<string> {
  const file = join(path, folder, 'model.onnx');
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw await missingNetwork(path, folder);
  if (await isPointer(file)) {
    throw new ModelError(`${file} is a Git LFS pointer, not the model. Run "git lfs pull" in ${path}.`);
  }
  return file;
}

/** Bytes of all networks in a model folder, weights beside them included. */
export async function networkBytes(path: string): Promise<number> {
  let total = 0;
  for (const folder of networkFolders) {
    for (const file of await readdir(join(path, folder))) total += (await stat(join(path, folder, file))).size;
  }
  return total;
}

async function missingNetwork(path: string, folder: string): Promise<ModelError> {
  const weights = await readdir(join(path, 'unet')).catch((): readonly string[] => []);
  if (weights.some((name) => /\.(safetensors|bin)$/.test(name))) {
    return new ModelError(
      `The model in ${path} has weights for PyTorch, not ONNX. Export it first: optimum-cli export onnx --model ${path} <folder>`,
    );
  }
  return new ModelError(
    `The model folder ${path} is incomplete: ${folder}/model.onnx is missing. Fetch or export it again.`,
  );
}

async function isPointer(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(pointerStart.length));
    return buffer.toString('latin1', 0, bytesRead) === pointerStart;
  } finally {
    await handle.close();
  }
}
