import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointServer, type EndpointServer } from './testing/endpoint-server.ts';

const run = promisify(execFile);
const sources = fileURLToPath(new URL('.', import.meta.url));
/** Inside the package, so that the examples find it by its own name. */
const work = fileURLToPath(new URL('../.work/', import.meta.url));

/** What an example may take for granted. */
const prelude = (url: string): string => `
import { createImageClient, ImageError, markImage, readDigitalSource, requestChecker, requestJsonSchema, requestSchema, summarizeIssues, toWireRequest, validateRequest } from '@tintype/core';
import type { ImageRequest } from '@tintype/core';
import type { Transport } from '@tintype/core/portable';
import { createLocalGuard, readInferenceRequest, warningsHeader } from '@tintype/core/server';
import { tintype } from '@tintype/core/ai-sdk';
import { generateImage } from 'ai';
const client = createImageClient({ endpoint: '${url}' });
const response = { setHeader: (name: string, value: string) => undefined, write: (bytes: Uint8Array) => true };
`;

const examples = globSync('**/*.ts', { cwd: sources, exclude: (file) => file.endsWith('.test.ts') })
  .flatMap((file) =>
    [...readFileSync(join(sources, file), 'utf8').matchAll(/@example\n(.*?)\n\s*(?:\*\/|\* @)/gs)].map(
      ([, text = '']) => ({
        file,
        code: text.replaceAll(/^\s*\* ?/gm, ''),
      }),
    ),
  )
  .map((example, index) => ({ ...example, number: index + 1 }));

describe('the examples in the docstrings', () => {
  let server: EndpointServer;

  beforeAll(async () => {
    server = await endpointServer();
    await mkdir(work, { recursive: true });
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(work, { recursive: true, force: true });
  });

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(9);
  });

  it.concurrent.each(examples)('$number, of $file, runs as it stands', async ({ number, code }) => {
    const here = code
      .replaceAll(/http:\/\/127\.0\.0\.1:8080|https:\/\/abc123\.endpoints\.huggingface\.cloud/g, server.url)
      .replaceAll('hf_…', 'hf_x');
    const script = join(work, `example-${number}.ts`);
    await writeFile(script, `${prelude(server.url)}{\n${here}\n}\nprocess.exit(0);\n`);
    const { stderr } = await run(process.execPath, ['--conditions=@tintype/source', script], { cwd: work });
    expect(stderr).toBe('');
  });
});
