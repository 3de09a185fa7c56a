import type { Attempt } from '../errors/attempt.ts';
import type { Failure } from './outcome.ts';
import { responseCause } from './response-cause.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { RetryPolicy } from './retry-policy.ts';

/**
 * What a failed POST means for a repeat: `not_sent`, `not_run` (the endpoint certainly did nothing), `starting` (nothing
 * done, and it wants waking), `may_have_run`, `timed_out`, or `refused` (a repeat would end the same).
 */
export type FailureClass = 'not_sent' | 'not_run' | 'starting' | 'may_have_run' | 'timed_out' | 'refused';

/** What happened in this call before. */
export interface RetryHistory {
  /** The failed POSTs so far with their classes, the newest last. */
  readonly failures: readonly { readonly attempt: Attempt; readonly class: FailureClass }[];
  /** When the call's total deadline is, in milliseconds of the same clock as `now`. */
  readonly deadline: number;
}

export type Decision =
  | { readonly kind: 'repeat'; readonly delayMs: number; readonly wake: boolean }
  | { readonly kind: 'give_up'; readonly retryAfterMs?: number };

/** A proxy's 502 while it starts a replica comes at once; one that comes later had a handler behind it. */
const startingWithinMs = 5000;
/** A 500 this soon comes from something that has not begun; connecting is in it. */
const failedAtOnceMs = 2000;

/** The class of a failure. Pure. */
export function classifyFailure(failure: Failure, durationMs: number): FailureClass {
  switch (failure.kind) {
    case 'network':
      if (failure.stage === 'not_sent') return 'not_sent';
      return failure.stage === 'timeout' ? 'timed_out' : 'may_have_run';
    case 'timeout':
      return failure.phase === 'connect' ? 'not_sent' : 'timed_out';
    case 'invalid':
      return failure.reason === 'truncated' ? 'may_have_run' : 'refused';
    case 'aborted':
      return 'refused';
    case 'response':
      return classifyResponse(failure.facts.status, failure.text, durationMs);
    default:
      return failure satisfies never;
  }
}

function classifyResponse(status: number, text: string, durationMs: number): FailureClass {
  if (status === 503) return 'starting';
  if (status === 502) return durationMs < startingWithinMs ? 'starting' : 'may_have_run';
  if (status === 429) return 'not_run';
  if (status === 504) return 'timed_out';
  // Out of memory comes at once too, but comes again.
  if (status === 500 && responseCause(status, text) === 'handler_failed' && durationMs < failedAtOnceMs)
    return 'not_run';
  return 'refused';
}

export interface DecideOptions {
  readonly failure: Failure;
  readonly failureClass: FailureClass;
  readonly history: RetryHistory;
  readonly now: number;
  readonly policy: RetryPolicy;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
}

/** Whether a failed POST is repeated, and when. Pure but for the random number. */
export function decide({ failure, failureClass, history, now, policy, random }: DecideOptions): Decision {
  const isAllowed = allowsRepeat(failureClass, history, policy);
  const retryAfterMs = failure.kind === 'response' ? parseRetryAfter(failure.facts.retryAfter, now) : undefined;
  const later = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (!isAllowed) return { kind: 'give_up', ...later };
  const round = history.failures.filter((one) => one.class === failureClass).length;
  const delayMs = pause({ retryAfterMs, failureClass, round, random });
  if (now + delayMs >= history.deadline) return { kind: 'give_up', ...later };
  return { kind: 'repeat', delayMs, wake: failureClass === 'starting' };
}

/** `history` does not hold the failure that is being decided on. */
function allowsRepeat(failureClass: FailureClass, history: RetryHistory, policy: RetryPolicy): boolean {
  const count = (...classes: readonly FailureClass[]): number =>
    history.failures.filter((one) => classes.includes(one.class)).length;
  switch (failureClass) {
    case 'starting':
      return policy.waitForColdStart;
    case 'not_sent':
    case 'not_run':
      return count('not_sent', 'not_run') < policy.max;
    case 'may_have_run':
      return count('may_have_run', 'timed_out') < policy.mayRepeatWork;
    case 'timed_out':
      return policy.repeatTimeouts && count('may_have_run', 'timed_out') < policy.mayRepeatWork;
    case 'refused':
      return false;
    default:
      return failureClass satisfies never;
  }
}

export interface PauseOptions {
  /** As the endpoint's `Retry-After` says it. */
  readonly retryAfterMs: number | undefined;
  readonly failureClass: FailureClass;
  /** How often the same has happened before. */
  readonly round: number;
  readonly random: () => number;
}

/**
 * How long to wait before the next question, in milliseconds: as the endpoint asks, and a little more so that not all come
 * at once. `Retry-After: 0`, or a date that has passed, names no pause: asking on without one would never let it start.
 */
export function pause({ retryAfterMs, failureClass, round, random }: PauseOptions): number {
  if (retryAfterMs === undefined || retryAfterMs === 0) return backoff(failureClass, round, random);
  return retryAfterMs + random() * Math.min(1000, retryAfterMs / 10);
}

/**
 * Exponential with full jitter, in milliseconds: any time between nothing and the bound, so that callers that failed
 * together do not come back together (Brooker, "Exponential Backoff And Jitter", AWS, 2015).
 */
export function backoff(failureClass: FailureClass, round: number, random: () => number): number {
  const isStarting = failureClass === 'starting';
  const [first, factor, most] = isStarting ? [1000, 1.6, 15_000] : [500, 2, 8000];
  return random() * Math.min(most, first * factor ** round);
}
