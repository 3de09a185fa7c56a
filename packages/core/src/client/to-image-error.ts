import type { Attempt } from '../errors/attempt.ts';
import { ImageError } from '../errors/image-error.ts';
import { InvalidResponseError } from '../errors/invalid-response-error.ts';
import { TimeoutError, type TimeoutPhase } from '../errors/timeout-error.ts';
import { redact } from '../observe/redact.ts';
import type { Failure } from '../retry/outcome.ts';
import { answerError } from './answer-error.ts';
import type { Engine } from './engine.ts';
import { inWords } from './in-words.ts';

export interface FailedCall {
  readonly engine: Engine;
  readonly failure: Failure;
  readonly attempts: readonly Attempt[];
  /** Since when the endpoint has been answering that it starts, in milliseconds before now. */
  readonly unavailableForMs?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The error that a call ends with: what happened, to what, and what to do. */
export function toImageError({ engine, failure, attempts, unavailableForMs, retryAfterMs }: FailedCall): ImageError {
  const where = engine.endpoint.host;
  switch (failure.kind) {
    case 'aborted':
      return new ImageError({
        code: 'aborted',
        message: 'The call was stopped by its caller.',
        attempts,
        cause: failure.cause,
      });
    case 'timeout':
      return new TimeoutError({
        phase: failure.phase,
        message: timeoutMessage(failure.phase, engine, attempts),
        attempts,
      });
    case 'network':
      if (failure.stage === 'timeout') {
        return new TimeoutError({
          phase: 'attempt',
          message: `There was no whole answer from ${where} ${lasted(attempts)} (${failure.code}).`,
          attempts,
        });
      }
      return new ImageError({
        code: 'network',
        message: networkMessage(failure, where),
        hint: networkHint(failure),
        attempts,
        cause: withoutToken(failure.cause, engine.token),
      });
    case 'invalid':
      return new InvalidResponseError({
        reason: failure.reason,
        message: redact(failure.message, engine.token),
        status: failure.facts.status,
        requestId: failure.facts.requestId,
        attempts,
      });
    case 'answer':
      return answerError({ engine, failure, attempts, unavailableForMs, retryAfterMs });
    default:
      return failure satisfies never;
  }
}

function timeoutMessage(
  phase: TimeoutPhase,
  { timeouts, endpoint: { host } }: Engine,
  attempts: readonly Attempt[],
): string {
  switch (phase) {
    case 'connect':
      return `There was no connection to ${host} ${lasted(attempts)}.`;
    case 'idle':
      return `The answer from ${host} stopped half-way, for ${inWords(timeouts.idle)}.`;
    case 'attempt':
      return `There was no whole answer from ${host} within ${inWords(timeouts.attempt)}.`;
    case 'total':
      return `There was no picture from ${host} within ${inWords(timeouts.total)}.`;
    default:
      return phase satisfies never;
  }
}

/** A transport keeps its own times: what is known is how long the attempt lasted. */
function lasted(attempts: readonly Attempt[]): string {
  const last = attempts.at(-1);
  return last === undefined ? 'in time' : `within ${inWords(last.durationMs)}`;
}

function networkMessage(failure: Failure & { readonly kind: 'network' }, where: string): string {
  if (failure.stage === 'not_sent') return `The endpoint at ${where} could not be reached (${failure.code}).`;
  return `The connection to ${where} broke before the whole answer was there (${failure.code}).`;
}

function networkHint({ code, stage }: Failure & { readonly kind: 'network' }): string | undefined {
  if (code === 'ECONNREFUSED') return 'Nothing listens there: check the port, and that the endpoint is running.';
  if (code === 'ENOTFOUND') return 'There is no such host: check the endpoint URL.';
  if (code.includes('CERT') || code.includes('SIGNED') || code.includes('LEAF'))
    return 'The certificate is not trusted: check the URL, or the proxy between here and there.';
  if (code.startsWith('ERR_SSL')) return 'What listens there does not speak https: check the port, or use http://.';
  return stage === 'not_sent'
    ? undefined
    : 'The endpoint may have made the picture all the same. Try again; if it happens each time, read its logs, and check whether the URL should begin with https://.';
}

/** A transport of the caller's may put the request, with its headers, into what it throws. */
function withoutToken(cause: unknown, token: string | undefined): unknown {
  if (!(cause instanceof Error)) return undefined;
  const { name, message } = cause;
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
  return Object.assign(new Error(redact(message, token)), { name, ...code });
}
