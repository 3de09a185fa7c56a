import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A folder of `fixtures/`: made by the scripts in `scripts/`. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

/** A new empty folder, removed when the test is over. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-'));
  onTestFinished(async () => rm(folder, { recursive: true }));
  return folder;
}

/**
 * A copy of model folders laid over each other, the later ones on top, with some files written anew (as JSON, unless they
 * are texts or bytes) or, where `undefined`, left out.
 *
 * @param given - the folder to fill, for hooks, which have to remove it themselves; a new one otherwise
 */
export async function modelFolder(
  layers: readonly string[],
  files: Readonly<Record<string, unknown>> = {},
  given?: string,
): Promise<string> {
  const folder = given ?? (await emptyFolder());
  for (const layer of layers) await cp(fixture(layer), folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    if (content === undefined) await rm(file, { recursive: true });
    else if (typeof content === 'string' || content instanceof Uint8Array) await writeFile(file, content);
    else await writeFile(file, JSON.stringify(content));
  }
  return folder;
}

/** A model of a few operators that loads at once and draws noise, for tests of everything around the image. */
export async function quickModel(): Promise<string> {
  return modelFolder(['tiny-sd', 'io-variants/base'], { 'endpoint.json': { nativeSizes: [[64, 64]] } });
}

/** A model of random weights, quick at squares; 500 steps of a wide image take seconds, for tests of what happens meanwhile. */
export async function randomModel(vocabulary?: readonly string[], folder?: string): Promise<string> {
  const nativeSizes = [
    [64, 64],
    [256, 64],
  ];
  return modelFolder(['tiny-sd'], { 'endpoint.json': { nativeSizes, vocabulary } }, folder);
}
