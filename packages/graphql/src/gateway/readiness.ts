import type { Logger } from 'pino';
import type { JobEngine } from '../jobs/job-engine.ts';
import { loggedError } from './logged-error.ts';

export interface ReadinessOptions {
  readonly engine: Pick<JobEngine, 'jobStore' | 'imageStore'>;
  readonly log: Logger;
  readonly closing: AbortSignal;
  /** Whether what the last run left has been taken up. */
  readonly isTakenUp: () => boolean;
}

/**
 * Names why the gateway's own parts are not ready; `undefined` when they are. It is asked every few seconds, so that a store
 * cannot be used is logged once, and once that it can again.
 */
export function createReadiness({
  engine,
  log,
  closing,
  isTakenUp,
}: ReadinessOptions): () => Promise<string | undefined> {
  let failing: 'jobs' | 'images' | undefined;

  async function works(what: 'jobs' | 'images', store: { check(): Promise<void> }): Promise<boolean> {
    try {
      await store.check();
    } catch (error) {
      if (failing !== what) log.error({ err: loggedError(error) }, `The store of ${what} cannot be used.`);
      failing = what;
      return false;
    }
    if (failing === what) {
      log.info(`The store of ${what} can be used again.`);
      failing = undefined;
    }
    return true;
  }

  return async () => {
    if (closing.aborted) return 'The gateway is going down.';
    if (!isTakenUp()) return 'What the last run left is still being taken up.';
    const isReady = (await works('jobs', engine.jobStore)) && (await works('images', engine.imageStore));
    return isReady ? undefined : 'The store cannot be used.';
  };
}
