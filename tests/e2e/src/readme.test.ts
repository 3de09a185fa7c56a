import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createImageClient } from '@tintype/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, start, type Running } from './product.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Inside this package, so that the examples find the packages they import. */
const work = fileURLToPath(new URL('../.work/', import.meta.url));

async function codeBlocks(file: string): Promise<readonly string[]> {
  const text = await readFile(join(root, file), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
}

const documents = await Promise.all(
  ['README.md', 'packages/core/README.md'].map(async (file) =>
    (await codeBlocks(file)).map((code, index) => ({ file, number: index + 1, code })),
  ),
);

describe('the TypeScript in the documentation', () => {
  let endpoint: Running;

  beforeAll(async () => {
    endpoint = await start('endpoint');
    await using client = createImageClient({ endpoint: endpoint.url });
    await client.waitUntilReady();
    await mkdir(work, { recursive: true });
  });

  afterAll(async () => {
    await endpoint[Symbol.asyncDispose]();
    await rm(work, { recursive: true, force: true });
  });

  it.each(documents.flat())('$file, example $number, runs as it stands', async ({ file, number, code }) => {
    const script = join(work, `${file.replaceAll('/', '-')}-${number}.ts`);
    await writeFile(script, code);
    const output = await runProgram(process.execPath, [script], {
      cwd: work,
      env: { TINTYPE_ENDPOINT_URL: endpoint.url, TINTYPE_ENDPOINT_TOKEN: 'any' },
    });
    expect(output).not.toContain('Error');
  });
});
