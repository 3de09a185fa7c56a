import type { JobEngine } from '../jobs/job-engine.ts';

export interface SweepOptions {
  readonly engine: Pick<JobEngine, 'jobStore' | 'imageStore' | 'events' | 'observer' | 'now'>;
  /** In milliseconds. */
  readonly keepFor: number | undefined;
  readonly keepBytes: number | undefined;
  /** In milliseconds. */
  readonly sweepEvery: number;
}

export interface Sweeper {
  /** Settles when the sweep under way has ended. */
  stop(): Promise<void>;
}

/** From time to time lets go of jobs and pictures that are too old, and of the oldest pictures when there are too many. */
export function startSweeper(options: SweepOptions): Sweeper {
  let sweeping: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    sweeping = sweeping
      .then(async () => sweepOnce(options))
      .catch((error: unknown) => options.engine.observer.failed('Old records could not be swept out.', error));
  }, options.sweepEvery).unref();
  return {
    async stop() {
      clearInterval(timer);
      await sweeping;
    },
  };
}

async function sweepOnce({ engine, keepFor, keepBytes }: SweepOptions): Promise<void> {
  const { jobStore, imageStore, events } = engine;
  const now = engine.now();
  const createdBefore = keepFor === undefined ? undefined : now - keepFor;
  const ids = await jobStore.sweep({ createdBefore, maxBytes: keepBytes, now });
  for (const id of ids) {
    // The bytes first: a record without bytes is swept again, bytes without a record would be adopted.
    await imageStore.delete(id);
    events.publishDeleted(id);
  }
  if (ids.length > 0) await jobStore.removeImages(ids);
}
