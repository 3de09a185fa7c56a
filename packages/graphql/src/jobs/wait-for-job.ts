import type { JobEngine } from './job-engine.ts';
import { isFinal, type JobRecord } from './job-record.ts';

export interface JobWait {
  readonly id: string;
  /** Each ends the wait. */
  readonly signals: readonly AbortSignal[];
  /** The longest wait, in milliseconds. @default as long as it takes */
  readonly waitMs?: number | undefined;
}

/** Waits until the job has ended, the time is over or a signal aborts; answers the job as it then is. */
export async function waitForJob(
  { jobStore, events }: Pick<JobEngine, 'jobStore' | 'events'>,
  { id, signals, waitMs }: JobWait,
): Promise<JobRecord | undefined> {
  let isOver = false;
  let next = Promise.withResolvers<void>();
  const wake = (): void => next.resolve();
  const end = (): void => {
    isOver = true;
    wake();
  };
  // Subscribed before the first look, so that no change falls between the two.
  const unsubscribe = events.subscribe(id, wake);
  for (const signal of signals) signal.addEventListener('abort', end);
  const timer = waitMs === undefined ? undefined : setTimeout(end, waitMs);
  try {
    for (;;) {
      next = Promise.withResolvers<void>();
      const job = await jobStore.job(id);
      if (job === undefined || isFinal(job) || isOver || signals.some((signal) => signal.aborted)) return job;
      await next.promise;
    }
  } finally {
    clearTimeout(timer);
    unsubscribe();
    for (const signal of signals) signal.removeEventListener('abort', end);
  }
}
