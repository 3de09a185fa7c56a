import type { Redis } from 'ioredis';
import { keyPrefix } from './redis-keys.ts';
import { answerOf } from './redis-script.ts';

/** Something that one process does for all that share a Redis. */
export interface SharedTurn {
  readonly what: string;
  /** How long no other process begins it after this one has, in milliseconds; longer where the work takes longer. */
  readonly forMs: number;
}

/** Does some work, unless another process has its turn at it. */
export type TakeTurn = (turn: SharedTurn, work: () => Promise<void>) => Promise<void>;

/**
 * Lets one process at a time do what one has to do for all. Where it is killed, another's turn comes after `forMs`. One that
 * hangs for longer than that may find another at the same work when it wakes: a turn saves work, and is no lock.
 */
export function createSharedTurns(redis: Redis): TakeTurn {
  return async ({ what, forMs }, work) => {
    const key = `${keyPrefix}:${what}`;
    const ms = Math.ceil(forMs);
    if ((await answerOf(redis.set(key, '', 'PX', ms, 'NX'))) === null) return;
    const renewing = setInterval(() => void redis.pexpire(key, ms).catch(() => undefined), Math.max(1, ms / 3));
    try {
      await work();
    } finally {
      clearInterval(renewing);
    }
  };
}
