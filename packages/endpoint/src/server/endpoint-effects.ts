import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

/** The outside world, as far as an endpoint touches it beyond its port and its model. */
export interface EndpointEffects {
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** A seed for a request without one. */
  readonly randomSeed: () => bigint;
}

export const systemEffects: EndpointEffects = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
  // torch's generator reads 32 bits on a CPU: more would only be harder to note down.
  randomSeed: () => BigInt(randomInt(2 ** 32)),
};
