import type { Redis } from 'ioredis';
import { redisFailure } from '../redis/redis-failure.ts';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';

/** Counts what each owner asks for. */
export interface RateLimiter {
  /**
   * Takes one; answers 0, or how long to wait for the next, in milliseconds.
   *
   * @throws StoreError - gateways count together, and what they count in cannot be reached.
   */
  take(owner: string): Promise<number>;
}

export interface RateLimiterOptions {
  /** Images an owner may ask for in any one minute that begins with the first. */
  readonly perMinute: number;
  /** Where gateways count together, under keys that begin so. @default each counts for itself */
  readonly shared?: { readonly redis: Redis; readonly keyPrefix: string };
}

/** Lets each owner ask for so many images in a minute. */
export function createRateLimiter({ perMinute, shared }: RateLimiterOptions): RateLimiter {
  const rule = { points: perMinute, duration: 60 };
  const limiter: RateLimiterAbstract =
    shared === undefined
      ? new RateLimiterMemory(rule)
      : new RateLimiterRedis({ ...rule, storeClient: shared.redis, keyPrefix: shared.keyPrefix });
  return {
    async take(owner) {
      try {
        await limiter.consume(owner);
        return 0;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
        throw shared === undefined ? refusal : redisFailure(refusal);
      }
    },
  };
}
