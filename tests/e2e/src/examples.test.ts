import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceClient } from '@huggingface/inference';
import { createImageClient } from '@tintype/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isColour, look } from './look.ts';
import { runProgram, start, type Running } from './product.ts';

const examples = fileURLToPath(new URL('../../../examples/inference-api/', import.meta.url));

describe('tintype endpoint', () => {
  let endpoint: Running;

  beforeAll(async () => {
    endpoint = await start('endpoint', ['--token', 'e2e-token']);
    await using client = createImageClient({ endpoint: endpoint.url, token: 'e2e-token' });
    await client.waitUntilReady();
  });

  afterAll(async () => endpoint[Symbol.asyncDispose]());

  it.each([
    ['JavaScript', process.execPath, 'generate.js'],
    ['Python', String(process.env['PYTHON']), 'generate.py'],
  ])('answers the documented call in %s', async (_name, program, script) => {
    const env = { TINTYPE_ENDPOINT_URL: endpoint.url, TINTYPE_ENDPOINT_TOKEN: 'e2e-token' };
    await runProgram(program, [join(examples, script)], { cwd: endpoint.folder, env });
    const seen = await look(await readFile(join(endpoint.folder, 'image.png')));
    expect(seen).toMatchObject({ format: 'png', width: 512, height: 512 });
    // A fox in the snow at night.
    expect(seen.share('red')).toBeGreaterThan(0.05);
    expect(seen.share('black')).toBeGreaterThan(0.2);
  });

  it('answers textToImage of @huggingface/inference', async () => {
    const client = new InferenceClient('e2e-token');
    const image = await client.textToImage(
      {
        endpointUrl: endpoint.url,
        inputs: 'a blue square on a white background',
        parameters: { width: 256, height: 256 },
      },
      { outputType: 'blob' },
    );
    const seen = await look(new Uint8Array(await image.arrayBuffer()));
    expect(seen).toMatchObject({ width: 256, height: 256 });
    expect(isColour(seen.ground, 'white')).toBe(true);
    expect(isColour(seen.object, 'blue')).toBe(true);
  });
});
