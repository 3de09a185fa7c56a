import { Repeater } from 'graphql-yoga';
import type { JobEngine } from './job-engine.ts';
import { isFinal, type JobRecord } from './job-record.ts';

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
    const unsubscribe = events.subscribe(id, wake);
    for (const signal of signals) signal.addEventListener('abort', end);
    void stop.then(end);
    try {
      while (![...signals, stopping.signal].some((signal) => signal.aborted)) {
        next = Promise.withResolvers<void>();
        const job = await jobStore.job(id);
        if (job === undefined) break;
        await push(job);
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
