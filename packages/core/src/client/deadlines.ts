import type { TimeoutPhase } from '../errors/facts.ts';
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

export interface WatchOptions {
  readonly effects: Pick<Effects, 'alarm' | 'now'>;
  readonly attemptMs: number;
  readonly idleMs: number;
  /** When the last bytes of the response's body came; undefined before the first. */
  readonly lastBytesAt: () => number | undefined;
  readonly onPassed: (reason: DeadlinePassed) => void;
}

/**
 * Watches one exchange with one alarm at a time, instead of one set anew at every chunk.
 * @returns ends the watch.
 */
export function watchDeadlines({ effects, attemptMs, idleMs, lastBytesAt, onPassed }: WatchOptions): () => void {
  const { now, alarm } = effects;
  const attemptEndsAt = now() + attemptMs;
  let takeOff = (): void => undefined;
  const look = (): void => {
    const idleEndsAt = (lastBytesAt() ?? now()) + idleMs;
    const leftMs = Math.min(attemptEndsAt, idleEndsAt) - now();
    if (leftMs > 0) takeOff = alarm(leftMs, look);
    else onPassed(new DeadlinePassed(idleEndsAt < attemptEndsAt ? 'idle' : 'attempt'));
  };
  look();
  return () => takeOff();
}

/**
 * Aborts the controller when the signal does.
 * @returns a function that takes the listener off again: a caller may use one signal for thousands of calls.
 */
export function linkAbort(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    controller.abort(signal.reason);
    return () => undefined;
  }
  const onAbort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}
