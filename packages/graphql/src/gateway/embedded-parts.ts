import path from 'node:path';
import { createFairJobQueue } from '../jobs/fair-job-queue.ts';
import { createJobEvents } from '../jobs/job-events.ts';
import type { JobEngine } from '../jobs/job-engine.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { adoptImages, recoverJobs } from '../jobs/recover-jobs.ts';
import { runJob } from '../jobs/run-job.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import type { EngineParts } from './engine-parts.ts';
import { createRateLimiter } from './rate-limiter.ts';
import type { ResolvedOptions } from './resolve-options.ts';

/**
 * The parts of a gateway that needs nothing beside it.
 *
 * @throws StoreError - the store is damaged or in use.
 */
export function createEmbeddedParts(settings: ResolvedOptions, ownStore: JobStore | undefined): EngineParts {
  const { concurrency, concurrencyPerOwner, directory, rateLimit } = settings;
  const jobStore = ownStore ?? createSqliteJobStore(path.join(directory, 'tintype.db'));
  const events = createJobEvents();
  let adopting: Promise<unknown> = Promise.resolve();
  return {
    jobStore,
    queue: createFairJobQueue({ concurrency, concurrencyPerOwner }),
    events,
    rateLimiter: createRateLimiter({ perMinute: rateLimit }),
    now: Date.now,
    isShared: false,
    async start(engine, closing) {
      while (!(await recovered(engine))) {
        await engine.sleep(recoverAgainMs, closing).catch(() => undefined);
        if (closing.aborted) return;
      }
      engine.queue.start(async (jobId, signal) => runJob(engine, jobId, signal));
      if (!settings.adoptImages) return;
      adopting = adoptImages(engine, closing).catch((error: unknown) =>
        engine.observer.failed('Images without a record could not be looked for.', error),
      );
    },
    sweepInTurn: async (_forMs, sweep) => sweep(),
    async close() {
      await adopting;
      await events.close();
      await jobStore.close();
    },
  };
}

const recoverAgainMs = 5_000;

/**
 * Whether the store of images could tell which jobs in flight are done already. While it is out of reach nothing runs: what
 * would be made now could not be kept.
 */
async function recovered(engine: JobEngine): Promise<boolean> {
  try {
    await recoverJobs(engine);
    return true;
  } catch (error) {
    engine.observer.failed('What the last run left could not be taken up yet.', error);
    return false;
  }
}
