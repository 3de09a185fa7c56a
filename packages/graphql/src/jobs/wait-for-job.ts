import type { JobEngine } from './job-engine.ts';
import { isFinal, type JobRecord } from './job-record.ts';
import { latestJob } from './latest-job.ts';

export interface JobWait {
  /** As it was last seen. */
  readonly job: JobRecord;
  /** Each ends the wait. */
  readonly signals: readonly AbortSignal[];
  /** The longest wait, in milliseconds. @default as long as it takes */
  readonly waitMs?: number | undefined;
}

/** Waits until the job has ended, the time is over or a signal aborts; answers the job as it then is, or was last seen. */
export async function waitForJob(
  { jobStore, events }: Pick<JobEngine, 'jobStore' | 'events'>,
  { job, signals, waitMs }: JobWait,
): Promise<JobRecord> {
  let lastSeen = job;
  let isOver = false;
  let next = Promise.withResolvers<void>();
  const wake = (): void => next.resolve();
  const end = (): void => {
    isOver = true;
    wake();
  };
  // Subscribed before the first look, so that no change falls between the two.
  const unsubscribe = events.subscribe(job.id, (news) => {
    if (news !== 'line') wake();
  });
  for (const signal of signals) signal.addEventListener('abort', end);
  const timer = waitMs === undefined ? undefined : setTimeout(end, waitMs);
  try {
    for (;;) {
      next = Promise.withResolvers<void>();
      const latest = await latestJob({ jobStore }, job.id, lastSeen);
      // Swept out meanwhile: it had ended.
      if (latest === undefined) return lastSeen;
      lastSeen = latest;
      if (isFinal(latest) || isOver || signals.some((signal) => signal.aborted)) return latest;
      await next.promise;
    }
  } finally {
    clearTimeout(timer);
    unsubscribe();
    for (const signal of signals) signal.removeEventListener('abort', end);
  }
}
