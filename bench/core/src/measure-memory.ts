import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './statistics.ts';

const run = promisify(execFile);
const probe = fileURLToPath(new URL('probe.ts', import.meta.url));

export interface MemoryReport {
  readonly saveMb: number;
  readonly longestStretchMs: number;
  readonly importMs: number;
}

/** What a fresh process shows; medians of three. */
export async function measureMemory(url: string, folder: string): Promise<MemoryReport> {
  const probed = async (what: string): Promise<number> => {
    const values: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { stdout } = await run(process.execPath, ['--expose-gc', probe, what, url, folder]);
      values.push(Number(stdout));
    }
    return median(values);
  };
  return { saveMb: await probed('save'), longestStretchMs: await probed('stretch'), importMs: await probed('import') };
}
