import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts what each owner asks for. */
export interface RateLimiter {
  /** Takes one; answers 0, or how long to wait for the next, in milliseconds. */
  take(owner: string): Promise<number>;
}

/** Lets each owner ask for so many pictures in any one minute that begins with the first. Counts within this process. */
export function createRateLimiter(perMinute: number): RateLimiter {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return {
    async take(owner) {
      try {
        await limiter.consume(owner);
        return 0;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
        throw refusal;
      }
    },
  };
}
