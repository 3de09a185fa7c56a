import type { JobEngine } from '../jobs/job-engine.ts';
import type { EngineParts } from './engine-parts.ts';

export interface SweepOptions {
  readonly engine: Pick<JobEngine, 'jobStore' | 'imageStore' | 'events' | 'observer' | 'now'>;
  /** In milliseconds. */
  readonly keepFor: number | undefined;
  readonly keepBytes: number | undefined;
  /** In milliseconds. */
  readonly sweepEvery: number;
  /**
   * Lets one process of all that share the store sweep. Two at once would do no harm to what stays by its age, but each would
   * let images go for the bytes that the other is just taking away.
   */
  readonly sweepInTurn: EngineParts['sweepInTurn'];
}

export interface Sweeper {
  /** Settles when the sweep under way has come to a stop. */
  stop(): Promise<void>;
}

/** From time to time lets go of jobs and images that are too old, and of the oldest images when there are too many. */
export function startSweeper(options: SweepOptions): Sweeper {
  let sweeping: Promise<void> = Promise.resolve();
  const stopping = new AbortController();
  const timer = setInterval(() => {
    sweeping = sweeping
      .then(async () => {
        if (stopping.signal.aborted) return;
        // A little less than until the next time, which would else come too early for itself.
        await options.sweepInTurn(options.sweepEvery * 0.9, async () => sweepOnce(options, stopping.signal));
      })
      .catch((error: unknown) => options.engine.observer.failed('Old records could not be swept out.', error));
  }, options.sweepEvery).unref();
  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await sweeping;
    },
  };
}

/** Images deleted at a time: an object store takes its while for each. */
const atOnce = 32;

async function sweepOnce(options: SweepOptions, stopping: AbortSignal): Promise<void> {
  const { engine, keepFor, keepBytes } = options;
  const { jobStore, imageStore, events } = engine;
  const now = engine.now();
  const createdBefore = keepFor === undefined ? undefined : now - keepFor;
  const ids = await jobStore.sweep({ createdBefore, maxBytes: keepBytes, now });
  for (let offset = 0; offset < ids.length && !stopping.aborted; offset += atOnce) {
    const batch = ids.slice(offset, offset + atOnce);
    // The bytes first: a record without bytes is swept again, bytes without a record would be adopted.
    await Promise.all(batch.map(async (id) => imageStore.delete(id)));
    for (const id of batch) events.publishDeleted(id);
    await jobStore.removeImages(batch);
  }
}
