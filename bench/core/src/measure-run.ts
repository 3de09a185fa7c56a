import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { variantNames, type VariantName } from './variants.ts';
import type { WorkerTask } from './worker.ts';

export interface Cell {
  /** Bytes of the image. */
  readonly size: number;
  readonly concurrency: number;
}

export const cells: readonly Cell[] = [400_000, 1_500_000, 8_000_000].flatMap((size) =>
  [1, 8, 32].map((concurrency) => ({ size, concurrency })),
);

/** What each variant costs in each cell, in milliseconds of CPU per call. */
export type Costs = (name: VariantName, cell: Cell) => number;

const workerFile = fileURLToPath(new URL('worker.ts', import.meta.url));

/** The next message of a child process. */
export async function message<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`A process of the benchmark ended with ${code}.`));
    child.once('exit', onExit);
    child.once('message', (answer) => {
      child.off('exit', onExit);
      resolve(answer as Answer);
    });
  });
}

/** Measures everything once, in fresh processes: in each cell one variant after the other. */
export async function measureRun(options: {
  readonly url: string;
  readonly folder: string;
  /** Rotates the order, so that nobody always comes after the same one. */
  readonly run: number;
}): Promise<Costs> {
  const { url, folder, run } = options;
  const workers = new Map(variantNames.map((name) => [name, fork(workerFile, [name, folder])]));
  const costs = new Map<string, number>();
  for (const [round, cell] of cells.entries()) {
    const first = (run + round) % variantNames.length;
    for (const name of [...variantNames.slice(first), ...variantNames.slice(0, first)]) {
      const worker = workers.get(name);
      if (worker !== undefined) costs.set(key(name, cell), await measureCell(worker, `${url}/${cell.size}`, cell));
    }
  }
  for (const worker of workers.values()) worker.kill();
  return (name, cell) => costs.get(key(name, cell)) ?? Number.NaN;
}

async function measureCell(worker: ChildProcess, url: string, { size, concurrency }: Cell): Promise<number> {
  const calls = size > 5_000_000 ? Math.max(concurrency, 16) : 128;
  worker.send({ url, concurrency, calls, expectedBytes: size } satisfies WorkerTask);
  return (await message<{ readonly cpuMs: number }>(worker)).cpuMs;
}

function key(name: VariantName, { size, concurrency }: Cell): string {
  return `${name} ${size} ${concurrency}`;
}
