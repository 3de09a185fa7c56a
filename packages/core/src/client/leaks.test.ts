import { base64Of, pngBytes } from '@tintype/png-like';
import { getEventListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createImageClient, type NodeImageClient } from '../platform/node/create-image-client.ts';

const body = `{"image":"${base64Of(pngBytes({ length: 200 }))}"}`;
const request = { prompt: 'x' };
const file = join(tmpdir(), `tintype-leaks-${process.pid}.png`);
const server = createServer((asked, response) => {
  asked.resume().on('end', () => response.end(body));
});
let client: NodeImageClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  client = createImageClient({ endpoint: `http://127.0.0.1:${port}`, concurrency: 16 });
});

afterAll(async () => {
  await client.close();
  server.close();
  await rm(file, { force: true });
});

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

type Call = (signal: AbortSignal) => Promise<unknown>;

const generate: Call = async (signal) => client.generate(request, { signal });
const stream: Call = async (signal) => {
  for await (const piece of await client.stream(request, { signal })) expect(piece.length).toBeGreaterThan(0);
};
const save: Call = async (signal) => client.save(request, file, { signal });
const batch: Call = async (signal) => {
  for await (const { status } of client.batch([request], { signal })) expect(status).toBe('fulfilled');
};

it('a call hangs one listener on its signal', async () => {
  const { signal } = new AbortController();
  const made = generate(signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await made;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it.each([
  ['generate', 10_000, generate],
  ['stream', 4000, stream],
  ['save', 2000, save],
  ['batch', 4000, batch],
])(
  '%s: %i calls with one shared signal leave no listener, no warning and no memory behind',
  async (_name, count, call) => {
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => {
      warnings.push(warning);
    };
    process.on('warning', onWarning);
    const calls = async (times: number): Promise<void> => {
      for (let start = 0; start < times; start += 100)
        await Promise.all(Array.from({ length: 100 }, async () => call(signal)));
    };

    await calls(count / 5);
    const before = heap();
    const measured = (count / 5) * 4;
    await calls(measured);
    const grown = heap() - before;
    process.off('warning', onWarning);

    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(warnings).toEqual([]);
    expect(globalThis.gc).toBeTypeOf('function');
    // A call that is kept is a kilobyte at least; what engines and pools keep for all calls is some hundreds.
    expect(grown).toBeLessThan(400_000 + measured * 200);
  },
);
