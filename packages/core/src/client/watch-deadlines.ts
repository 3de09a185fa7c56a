import type { TimeoutPhase } from '../errors/timeout-error.ts';
import type { Effects } from './engine.ts';

/** Why the engine stops an exchange by itself. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  readonly phase: TimeoutPhase;

  constructor(phase: TimeoutPhase) {
    super(`The ${phase} deadline passed.`);
    this.phase = phase;
  }
}

/** Why a watch ends when its exchange does. One for all: without a reason of ours, each abort makes an error with a stack. */
export const watchOver = new Error('The watch is over.');

export interface WatchOptions {
  readonly effects: Pick<Effects, 'sleep' | 'now'>;
  readonly attemptMs: number;
  readonly idleMs: number;
  /** When the last bytes of the answer's body came; undefined before the first. */
  readonly lastBytesAt: () => number | undefined;
  readonly onPassed: (reason: DeadlinePassed) => void;
  /** Ends the watch. */
  readonly done: AbortSignal;
}

/** Watches one exchange with one sleep at a time, instead of a timer set anew at every chunk. */
export async function watchDeadlines({
  effects,
  attemptMs,
  idleMs,
  lastBytesAt,
  onPassed,
  done,
}: WatchOptions): Promise<void> {
  const { now, sleep } = effects;
  const attemptEndsAt = now() + attemptMs;
  while (!done.aborted) {
    const idleEndsAt = (lastBytesAt() ?? now()) + idleMs;
    const waitMs = Math.min(attemptEndsAt, idleEndsAt) - now();
    if (waitMs <= 0) {
      onPassed(new DeadlinePassed(idleEndsAt < attemptEndsAt ? 'idle' : 'attempt'));
      return;
    }
    // The sleep may end by rejecting; whether it is done is asked above.
    await sleep(waitMs, done).catch(() => undefined);
  }
}
