import type { Logger } from 'pino';

export interface WorkerWatchOptions {
  readonly log: Logger;
  /** The endpoint's name, which the workers have to be for. */
  readonly endpoint: string;
  /** How many jobs wait while there is no worker to run them. */
  readonly unattended: () => Promise<number>;
}

/** Looks whether jobs wait for a worker that is not there; tells the log once, and once that none does any more. */
export function createWorkerWatch({ log, endpoint, unattended }: WorkerWatchOptions): () => Promise<void> {
  let isTold = false;
  return async () => {
    const jobs = await unattended();
    if (jobs > 0 && !isTold) {
      log.warn(
        { jobs, endpoint },
        'Jobs wait, and there is no worker to run them: start one with the role worker, on the same Redis and for the same endpoint.',
      );
    }
    if (jobs === 0 && isTold) log.info('No job waits for a worker that is not there any more.');
    isTold = jobs > 0;
  };
}
