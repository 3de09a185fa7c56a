import type { Attempt } from '../errors/attempt.ts';
import { classifyFailure } from '../retry/decide.ts';
import type { Outcome } from '../retry/outcome.ts';

/** What is kept of a POST. */
export function describeAttempt(
  outcome: Outcome,
  timing: Pick<Attempt, 'number' | 'waitedMs' | 'durationMs'>,
): Attempt {
  const status = 'facts' in outcome ? { status: outcome.facts.status } : {};
  const failure = describeFailure(outcome);
  return {
    ...timing,
    ...status,
    ...(failure === undefined ? {} : { failure }),
    mayHaveRun: mayHaveRun(outcome, timing.durationMs),
  };
}

function mayHaveRun(outcome: Outcome, durationMs: number): boolean {
  if (outcome.kind === 'picture' || outcome.kind === 'invalid' || outcome.kind === 'aborted') return true;
  const failureClass = classifyFailure(outcome, durationMs);
  return failureClass === 'may_have_run' || failureClass === 'timed_out';
}

function describeFailure(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'picture':
      return undefined;
    case 'network':
      return outcome.code;
    case 'timeout':
      return `${outcome.phase} timeout`;
    case 'invalid':
      return outcome.reason;
    case 'aborted':
      return 'aborted';
    case 'answer':
      // A status that is no success says it itself.
      return outcome.facts.status < 300 ? 'error in the body' : undefined;
    default:
      return outcome satisfies never;
  }
}
