import type { Logger } from 'pino';
import { loggedError } from './logged-error.ts';
import { isPassing } from './store-error.ts';

/** How long a store that is away is not told of again, in milliseconds. */
const againAfterMs = 60_000;

/** Tells the log what went wrong with requests. A store that is away is told once in a while, not for each of a thousand requests. */
export function createMistakeLog(log: Logger): (error: unknown, requestId: string | undefined) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (error, requestId) => {
    if (!isPassing(error)) {
      log.error({ err: loggedError(error), requestId }, 'A request met an unhandled error in the gateway.');
      return;
    }
    const isDue = performance.now() - toldAt > againAfterMs;
    if (isDue) toldAt = performance.now();
    log[isDue ? 'error' : 'debug'](
      { err: loggedError(error), requestId },
      'Requests cannot be served: the store is out of reach.',
    );
  };
}
