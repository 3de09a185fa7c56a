import { createHash } from 'node:crypto';
import type { ImageStore, JobStore } from '../src/index.ts';

/** What was asked for, and what reached the endpoint. */
export interface Evidence {
  readonly jobOfKey: ReadonlyMap<string, string>;
  /** When each call for a key reached the endpoint. */
  readonly arrivalsOfKey: ReadonlyMap<string, readonly number[]>;
  /** When a process was killed that may have had jobs in flight. */
  readonly killedAt: readonly number[];
}

/** What was promised and not kept, by key. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly torn: readonly string[];
  readonly tooManyCalls: readonly string[];
  readonly unmarked: readonly string[];
  /** Calls beyond the first of each key. */
  readonly repeats: number;
}

/** Looks at every job and image when all is over. */
export async function judge(
  { jobOfKey, arrivalsOfKey, killedAt }: Evidence,
  { jobStore, imageStore }: { readonly jobStore: JobStore; readonly imageStore: ImageStore },
): Promise<Verdict> {
  const lost: string[] = [];
  const torn: string[] = [];
  const tooManyCalls: string[] = [];
  const unmarked: string[] = [];
  let repeats = 0;
  for (const [key, id] of jobOfKey) {
    const job = await jobStore.job(id);
    if (job === undefined || job.status !== 'SUCCEEDED') {
      lost.push(`${key}: ${job?.status ?? 'gone'}`);
      continue;
    }
    const image = await imageStore.open(job.imageId);
    const bytes = await image?.bytes();
    const sum = createHash('sha256')
      .update(bytes ?? '')
      .digest('hex');
    if (sum !== image?.record.sha256) torn.push(key);
    const arrivals = arrivalsOfKey.get(key) ?? [];
    const calls = arrivals.length;
    repeats += calls - 1;
    if (!isKilledBetween(arrivals, killedAt)) tooManyCalls.push(`${key}: ${calls}`);
    const isMarked = job.interruptions >= calls - 1 && (calls === 1 || (image?.record.warnings ?? []).length > 0);
    if (!isMarked) unmarked.push(`${key}: ${calls} calls, ${job.interruptions} interruptions`);
  }
  return { lost, torn, tooManyCalls, unmarked, repeats };
}

/** Whether between any two calls for a key there was a kill. A call may be seen a moment after the kill that followed it. */
function isKilledBetween(arrivals: readonly number[], killedAt: readonly number[]): boolean {
  const slackMs = 100;
  return arrivals
    .slice(1)
    .every((later, index) => killedAt.some((at) => at >= Number(arrivals[index]) - slackMs && at <= later));
}
