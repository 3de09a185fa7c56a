import type { Sleep } from '../../client/engine.ts';

/** The longest time that a timer of Node takes, in milliseconds; it ends longer ones at once. */
export const longestTimer = 2 ** 31 - 1;

/** Waits, and ends early without an error when the signal aborts: making one, with its stack, costs more than the wait. */
export const sleep: Sleep = async (ms, signal) =>
  new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, longestTimer));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
