import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { createImageClient } from '../node/create-image-client.ts';
import { base64Of, pngBytes } from '@tintype/png-like';

it('ten thousand calls with one shared signal leave no listener, no warning and no memory behind', async () => {
  const body = `{"image":"${base64Of(pngBytes({ length: 200 }))}"}`;
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const client = createImageClient({ endpoint: `http://127.0.0.1:${port}`, concurrency: 16 });
  const { signal } = new AbortController();
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => {
    warnings.push(warning);
  };
  process.on('warning', onWarning);

  const calls = async (count: number): Promise<void> => {
    const requests = Array.from({ length: count }, () => ({ prompt: 'x' }));
    for (let start = 0; start < count; start += 100) {
      await Promise.all(
        requests.slice(start, start + 100).map(async (request) => client.generate(request, { signal })),
      );
    }
  };
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };

  await calls(2000);
  const before = heap();
  await calls(8000);
  const grown = heap() - before;

  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(warnings).toEqual([]);
  expect(globalThis.gc).toBeTypeOf('function');
  // A leaked call is a kilobyte at least: 8,000 of them would be 8 MB.
  expect(grown).toBeLessThan(2_000_000);
  process.off('warning', onWarning);
  await client.close();
  server.close();
});
