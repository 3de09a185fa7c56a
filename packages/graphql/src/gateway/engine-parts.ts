import type { JobEngine } from '../jobs/job-engine.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** What a gateway keeps its state in: on this machine alone, or shared by many. */
export interface EngineParts extends Pick<JobEngine, 'jobStore' | 'queue' | 'events' | 'now' | 'isShared'> {
  readonly rateLimiter: RateLimiter;
  /**
   * Takes up what was left, and begins to run jobs where this process does. Looks for images without a record from then on,
   * which nobody waits for. Stops all that when the signal aborts.
   */
  start(engine: JobEngine, closing: AbortSignal): Promise<void>;
  /** Sweeps, unless another process that shares the store does; for so many milliseconds from the beginning no other begins. */
  sweepInTurn(forMs: number, sweep: () => Promise<void>): Promise<void>;
  /** Frees everything, when the queue has been closed. */
  close(): Promise<void>;
}
