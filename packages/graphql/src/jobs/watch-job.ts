import { isDeepStrictEqual } from 'node:util';
import { Repeater } from 'graphql-yoga';
import type { JobEngine } from './job-engine.ts';
import { isFinal, type JobRecord } from './job-record.ts';
import { latestJob } from './latest-job.ts';

/**
 * The job as it is now, then after each change, until it has ended, a signal aborts or the reader stops. Changes that come
 * faster than they are read are told as one.
 */
export function watchJob(
  { jobStore, events }: Pick<JobEngine, 'jobStore' | 'events'>,
  { id, signals }: { readonly id: string; readonly signals: readonly AbortSignal[] },
): AsyncIterable<JobRecord> {
  return new Repeater<JobRecord>(async (push, stop) => {
    let next = Promise.withResolvers<void>();
    const stopping = new AbortController();
    const wake = (): void => next.resolve();
    const end = (): void => {
      stopping.abort();
      wake();
    };
    let lastSeen: JobRecord | undefined;
    // The first look always tells.
    let isTold = true;
    const unsubscribe = events.subscribe(id, (news) => {
      if (news === 'line' && lastSeen?.status !== 'QUEUED') return;
      if (news !== 'look') isTold = true;
      wake();
    });
    for (const signal of signals) signal.addEventListener('abort', end);
    void stop.then(end);
    try {
      while (![...signals, stopping.signal].some((signal) => signal.aborted)) {
        next = Promise.withResolvers<void>();
        const isNews = isTold;
        isTold = false;
        const job = await latestJob({ jobStore }, id, lastSeen);
        if (job === undefined) break;
        if (isNews || !isDeepStrictEqual(job, lastSeen)) {
          lastSeen = job;
          await push(job);
        }
        if (isFinal(job)) break;
        await next.promise;
      }
    } finally {
      unsubscribe();
      for (const signal of signals) signal.removeEventListener('abort', end);
      stop();
    }
  });
}
