import type { Redis } from 'ioredis';
import { onConnected } from './connect-redis.ts';

export interface RedisClock {
  /** Milliseconds since the epoch, by Redis' clock. */
  readonly now: () => number;
  readonly stop: () => void;
}

/** As often as clocks of machines drift apart by a few milliseconds. */
const lookEveryMs = 60_000;

/**
 * The time of the one clock that all machines share. Records are ordered and expire by it, so it does not matter that the
 * clocks of gateways differ. This machine's own until Redis has first been asked.
 */
export function createRedisClock(redis: Redis): RedisClock {
  let aheadMs = 0;

  async function look(): Promise<void> {
    const before = Date.now();
    const [seconds, microseconds] = await redis.time();
    const after = Date.now();
    const there = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
    // Redis answered somewhere between the two.
    aheadMs = Math.round(there - (before + after) / 2);
  }

  onConnected(redis, look);
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs).unref();
  return { now: () => Date.now() + aheadMs, stop: () => clearInterval(timer) };
}
