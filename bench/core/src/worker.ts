// One variant in a process of its own: makes so many calls at so much concurrency and tells the CPU time per call.
import { mkdtemp, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { variants, type VariantName } from './variants.ts';

export interface WorkerTask {
  readonly url: string;
  readonly concurrency: number;
  readonly calls: number;
  readonly expectedBytes: number;
}

const [, , name = 'floor', place = '.'] = process.argv;
const folder = await mkdtemp(join(place, 'worker-'));
const asks = new Map<string, Promise<() => Promise<number>>>();

process.on('message', (task: WorkerTask) => {
  void run(task).then((cpuMs) => process.send?.({ cpuMs, maxRssBytes: process.resourceUsage().maxRSS * 1024 }));
});

async function run({ url, concurrency, calls, expectedBytes }: WorkerTask): Promise<number> {
  const key = `${url} ${concurrency}`;
  const isFirst = !asks.has(key);
  const made = asks.get(key) ?? variants[name as VariantName]({ url, concurrency, folder });
  asks.set(key, made);
  const ask = await made;
  // Until V8 has compiled what it will, which a program that makes images all day has.
  if (isFirst) await inTurns(ask, calls, concurrency, expectedBytes);
  await emptyFiles();
  const before = process.cpuUsage();
  await inTurns(ask, calls, concurrency, expectedBytes);
  const { user, system } = process.cpuUsage(before);
  await emptyFiles();
  return (user + system) / 1000 / calls;
}

/** Not deleted: ext4 passes over the inodes of deleted files for a minute, and searching for others would be measured. */
async function emptyFiles(): Promise<void> {
  for (const file of await readdir(folder)) await truncate(join(folder, file));
}

async function inTurns(
  ask: () => Promise<number>,
  calls: number,
  concurrency: number,
  expectedBytes: number,
): Promise<void> {
  let left = calls;
  const turn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const bytes = await ask();
      // The floor counts text, a few characters more than an image.
      if (Math.abs(bytes - expectedBytes) > 64) throw new Error(`${name} got ${bytes} bytes of ${expectedBytes}.`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, turn));
}
