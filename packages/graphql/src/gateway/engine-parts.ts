import type { JobEngine } from '../jobs/job-engine.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** What there was at the start. */
export interface EngineStart {
  /** Whether there may be pictures whose records were lost. */
  readonly mayLackRecords: boolean;
}

/** What a gateway keeps its state in: on this machine alone, or shared by many. */
export interface EngineParts extends Pick<JobEngine, 'jobStore' | 'queue' | 'events' | 'now' | 'isShared'> {
  readonly rateLimiter: RateLimiter;
  /** Takes up what was left, and begins to run jobs where this process does; stops trying when the signal aborts. */
  start(engine: JobEngine, closing: AbortSignal): Promise<EngineStart>;
  /** Whether this process sweeps now, for all that share the store; for so many milliseconds no other does. */
  takeSweep(forMs: number): Promise<boolean>;
  /** Frees everything, when the queue has been closed. */
  close(): Promise<void>;
}
