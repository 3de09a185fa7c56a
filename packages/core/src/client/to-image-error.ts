import type { Attempt } from '../errors/attempt.ts';
import { ImageError } from '../errors/image-error.ts';
import { InvalidResponseError } from '../errors/invalid-response-error.ts';
import { TimeoutError } from '../errors/timeout-error.ts';
import { redact } from '../observe/redact.ts';
import { answerCause } from '../retry/answer-cause.ts';
import type { Failure } from '../retry/outcome.ts';
import { answerText } from './answer-text.ts';
import type { Engine } from './engine.ts';

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
      return new TimeoutError({ phase: failure.phase, message: timeoutMessage(failure.phase, engine), attempts });
    case 'network':
      if (failure.stage === 'timeout') {
        return new TimeoutError({ phase: 'attempt', message: timeoutMessage('attempt', engine), attempts });
      }
      return new ImageError({
        code: 'network',
        message: networkMessage(failure, where),
        hint: networkHint(failure.code),
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

function answerError(call: FailedCall & { readonly failure: Failure & { readonly kind: 'answer' } }): ImageError {
  const { engine, failure, attempts, unavailableForMs, retryAfterMs } = call;
  const { status, requestId } = failure.facts;
  const text = answerText(failure.text, engine.token);
  const said = text === '' ? '' : ` It said: ${text}`;
  const code = answerCause(status, text);
  const common = { status, requestId, attempts, retryAfterMs } as const;
  switch (code) {
    case 'unauthorized':
      return new ImageError({
        ...common,
        code,
        message: `The endpoint refused the token (${status}).${said}`,
        hint:
          engine.token === undefined
            ? 'No token was given: pass one as token, or set TINTYPE_ENDPOINT_TOKEN.'
            : undefined,
      });
    case 'endpoint_unavailable':
    case 'overloaded':
      return new ImageError({
        ...common,
        code,
        message: unavailableMessage(status, said, unavailableForMs, retryAfterMs),
        hint: laterHint(retryAfterMs),
      });
    case 'rate_limited':
      return new ImageError({
        ...common,
        code,
        message: `The endpoint takes no more requests just now (${status}).${said}`,
        hint: laterHint(retryAfterMs),
      });
    case 'timeout':
      return new TimeoutError({
        ...common,
        phase: 'attempt',
        message: `A gateway before the endpoint gave up waiting (${status}).${said}`,
      });
    case 'invalid_request':
      return new ImageError({ ...common, code, message: `The endpoint refused the request (${status}).${said}` });
    case 'endpoint_not_found':
      return new ImageError({
        ...common,
        code,
        message: `There is no endpoint at ${engine.endpoint.origin}${engine.endpoint.pathname} (${status}).${said}`,
      });
    case 'endpoint_paused':
      return new ImageError({ ...common, code, message: `The endpoint is paused (${status}).${said}` });
    case 'endpoint_failed':
      return new ImageError({
        ...common,
        code,
        message: `The endpoint has failed and is not running (${status}).${said}`,
      });
    case 'out_of_memory':
      return new ImageError({ ...common, code, message: `The handler ran out of memory (${status}).${said}` });
    case 'handler_failed':
      return new ImageError({ ...common, code, message: `The handler failed (${status}).${said}` });
    case 'unexpected_status':
      return new ImageError({
        ...common,
        code,
        message: `The endpoint answered ${status}.${said}`,
        hint: redirectHint(failure.facts.location, engine),
      });
    default:
      return code satisfies never;
  }
}

function unavailableMessage(
  status: number,
  said: string,
  forMs: number | undefined,
  retryAfterMs: number | undefined,
): string {
  const since = forMs === undefined || forMs < 1000 ? '' : ` for ${seconds(forMs)}`;
  const later = retryAfterMs === undefined ? '' : ` It asks to come back in ${seconds(retryAfterMs)}.`;
  return `The endpoint has not been ready${since}: it answers ${status}.${said}${later}`;
}

function laterHint(retryAfterMs: number | undefined): string | undefined {
  return retryAfterMs === undefined
    ? undefined
    : `Try again in ${seconds(retryAfterMs)}, or allow more time with timeout.total.`;
}

function redirectHint(location: string | undefined, engine: Engine): string | undefined {
  if (location === undefined || !URL.canParse(location, engine.endpoint.href)) return undefined;
  // The path and query of a redirect may hold a secret.
  const { origin } = new URL(location, engine.endpoint.href);
  return `It redirects to ${origin}. Redirects are not followed, as the token would travel: use the endpoint's final URL.`;
}

function timeoutMessage(phase: 'connect' | 'idle' | 'attempt' | 'total', { timeouts }: Engine): string {
  switch (phase) {
    case 'connect':
      return `There was no connection within ${seconds(timeouts.connect)}.`;
    case 'idle':
      return `The answer stopped half-way, for ${seconds(timeouts.idle)}.`;
    case 'attempt':
      return `There was no whole answer within ${seconds(timeouts.attempt)}.`;
    case 'total':
      return `There was no picture within ${seconds(timeouts.total)}.`;
    default:
      return phase satisfies never;
  }
}

function networkMessage(failure: Failure & { readonly kind: 'network' }, where: string): string {
  if (failure.stage === 'not_sent') return `The endpoint at ${where} could not be reached (${failure.code}).`;
  return `The connection to ${where} broke before the whole answer was there (${failure.code}).`;
}

function networkHint(code: string): string | undefined {
  if (code === 'ECONNREFUSED') return 'Nothing listens there: check the port, and that the endpoint is running.';
  if (code === 'ENOTFOUND') return 'There is no such host: check the endpoint URL.';
  if (code.includes('CERT') || code.includes('SIGNED') || code.includes('LEAF'))
    return 'The certificate is not trusted: check the URL, or the proxy between here and there.';
  return undefined;
}

/** A transport of the caller's may put the request, with its headers, into what it throws. */
function withoutToken(cause: unknown, token: string | undefined): unknown {
  if (!(cause instanceof Error)) return undefined;
  const { name, message } = cause;
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
  return Object.assign(new Error(redact(message, token)), { name, ...code });
}

function seconds(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
