// One figure of a fresh process, printed as a number.
import { join } from 'node:path';
import { rm } from 'node:fs/promises';

const [, , what, url = '', folder = '.'] = process.argv;

const measures: Readonly<Record<string, () => Promise<number>>> = {
  /** Milliseconds that importing the package takes. */
  import: async () => {
    const startedAt = performance.now();
    await import('@tintype/core');
    return performance.now() - startedAt;
  },

  /** Peak of resident memory above the start, in MB, for 32 images saved at once. */
  save: async () => {
    const { createImageClient } = await import('@tintype/core');
    const client = createImageClient({ endpoint: url, concurrency: 32 });
    const paths = Array.from({ length: 32 }, (_, index) => join(folder, `${process.pid}-${index}.png`));
    // A small one first: loading undici is no part of an image's cost.
    await client.save({ prompt: 'x' }, paths[0] ?? '');
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    await Promise.all(paths.map(async (path) => client.save({ prompt: 'x' }, path)));
    clearInterval(timer);
    peak = Math.max(peak, process.memoryUsage().rss);
    await Promise.all(paths.map(async (path) => rm(path)));
    await client.close();
    return (peak - before) / 1e6;
  },

  /** The longest time in milliseconds that decoding one image holds the event loop, fed as a socket feeds it. */
  stretch: async () => {
    const { createImageClient } = await import('@tintype/core/portable');
    const answer = Buffer.from(await (await fetch(url, { method: 'POST' })).arrayBuffer());
    let longest = 0;
    const client = createImageClient({
      endpoint: url,
      sleep: async (ms, signal) =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, ms);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve(undefined);
          });
        }),
      transport: async () => ({
        status: 200,
        headers: { 'content-type': 'application/json', 'content-length': String(answer.length) },
        body: (async function* chunks() {
          for (let start = 0; start < answer.length; start += 65_536) {
            const before = performance.now();
            yield answer.subarray(start, start + 65_536);
            longest = Math.max(longest, performance.now() - before);
            await new Promise((resolve) => {
              setImmediate(resolve);
            });
          }
        })(),
      }),
    });
    for (let round = 0; round < 3; round += 1) {
      longest = 0;
      await client.generate({ prompt: 'x' });
    }
    return longest;
  },
};

const measure = measures[what ?? ''];
if (measure === undefined) throw new Error(`There is no measure ${what}.`);
console.log(await measure());
process.exit(0);
