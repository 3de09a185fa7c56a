import type { Attempt } from '../errors/attempt.ts';
import type { FailureClass } from '../retry/decide.ts';
import type { Failure } from '../retry/outcome.ts';

export interface AttemptEnd {
  readonly number: number;
  readonly waitedMs: number;
  readonly durationMs: number;
  readonly outcome: Failure;
  readonly failureClass: FailureClass;
}

/** What is kept of a failed POST. */
export function describeAttempt({ number, waitedMs, durationMs, outcome, failureClass }: AttemptEnd): Attempt {
  const status = 'facts' in outcome ? { status: outcome.facts.status } : {};
  const failure = describeFailure(outcome);
  const mayHaveRun =
    failureClass === 'may_have_run' ||
    failureClass === 'timed_out' ||
    outcome.kind === 'invalid' ||
    outcome.kind === 'aborted';
  return { number, waitedMs, durationMs, ...status, ...(failure === undefined ? {} : { failure }), mayHaveRun };
}

function describeFailure(outcome: Failure): string | undefined {
  switch (outcome.kind) {
    case 'network':
      return outcome.code;
    case 'timeout':
      return `${outcome.phase} timeout`;
    case 'invalid':
      return outcome.reason;
    case 'aborted':
      return 'aborted';
    case 'answer':
      return undefined;
    default:
      return outcome satisfies never;
  }
}
