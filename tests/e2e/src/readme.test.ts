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
  let gateway: Running;

  beforeAll(async () => {
    endpoint = await start('endpoint');
    gateway = await start('serve', [], { TINTYPE_ENDPOINT_URL: endpoint.url });
    await using client = createImageClient({ endpoint: endpoint.url });
    await client.waitUntilReady();
    await mkdir(work, { recursive: true });
  });

  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await endpoint[Symbol.asyncDispose]();
    await rm(work, { recursive: true, force: true });
  });

  it.each(documents.flat())('$file, example $number, runs as it stands', async ({ file, number, code }) => {
    const script = join(work, `${file.replaceAll('/', '-')}-${number}.ts`);
    await writeFile(script, code);
    for (const url of [endpoint.url, `${gateway.url}/predict`]) {
      const env = { TINTYPE_ENDPOINT_URL: url, TINTYPE_ENDPOINT_TOKEN: 'any' };
      const output = await runProgram(process.execPath, [script], { cwd: work, env });
      expect(output).not.toContain('Error');
    }
  });

  it('is the example that the README says how to run', async () => {
    const [code] = await codeBlocks('README.md');
    expect(await readFile(join(root, 'examples/typescript/generate.ts'), 'utf8')).toBe(code);
    // Without a variable it goes to the gateway that `start` runs.
    expect(code).toContain('http://127.0.0.1:4000/predict');
  });
});
