import { ImageError } from '../errors/image-error.ts';
import { TimeoutError } from '../errors/timeout-error.ts';
import { answerCause, headersRefused, type AnswerCause } from '../retry/answer-cause.ts';
import type { Failure } from '../retry/outcome.ts';
import { answerText } from './answer-text.ts';
import type { Engine } from './engine.ts';
import { inWords } from './in-words.ts';
import type { FailedCall } from './to-image-error.ts';

type AnsweredCall = FailedCall & { readonly failure: Failure & { readonly kind: 'answer' } };

/** The error for an answer that is no picture. */
export function answerError(call: AnsweredCall): ImageError {
  const { engine, failure, attempts, retryAfterMs } = call;
  const { status, requestId } = failure.facts;
  const text = answerText(failure.text, engine.token);
  const code = answerCause(status, text);
  // Others put their own words behind it.
  const said = text === '' ? '' : ` It said: ${/[.!?…]$/.test(text) ? text : `${text}.`}`;
  const options = {
    message: `${whatHappened(code, call)}.${said}${comeBack(code, retryAfterMs)}`,
    hint: whatToDo(code, call, text),
    status,
    requestId,
    attempts,
    retryAfterMs,
  } as const;
  return code === 'timeout' ? new TimeoutError({ ...options, phase: 'attempt' }) : new ImageError({ ...options, code });
}

const happened = {
  unauthorized: 'The endpoint refused the token',
  rate_limited: 'The endpoint takes no more requests just now',
  timeout: 'A gateway before the endpoint gave up waiting',
  invalid_request: 'The endpoint refused the request',
  endpoint_paused: 'The endpoint is paused',
  endpoint_failed: 'The endpoint has failed and is not running',
  out_of_memory: 'The handler ran out of memory',
  handler_failed: 'The handler failed',
} as const satisfies Partial<Record<AnswerCause, string>>;

function whatHappened(code: AnswerCause, { engine, failure, unavailableForMs = 0 }: AnsweredCall): string {
  const { status } = failure.facts;
  if (isUnavailable(code)) {
    const since = unavailableForMs < 1000 ? '' : ` for ${inWords(unavailableForMs)}`;
    return `The endpoint has not been ready${since}: it answers ${status}`;
  }
  if (code === 'endpoint_not_found')
    return `There is no endpoint at ${engine.endpoint.origin}${engine.endpoint.pathname} (${status})`;
  if (code === 'unexpected_status') return `The endpoint answered ${status}`;
  return `${happened[code]} (${status})`;
}

function isUnavailable(code: AnswerCause): code is 'endpoint_unavailable' | 'overloaded' {
  return code === 'endpoint_unavailable' || code === 'overloaded';
}

function comeBack(code: AnswerCause, retryAfterMs: number | undefined): string {
  return isUnavailable(code) && retryAfterMs !== undefined ? ` It asks to come back in ${inWords(retryAfterMs)}.` : '';
}

/** Undefined where the code's own hint says it all. */
function whatToDo(
  code: AnswerCause,
  { engine, failure, retryAfterMs }: AnsweredCall,
  text: string,
): string | undefined {
  if (code === 'unauthorized' && engine.token === undefined)
    return 'No token was given: pass one as token, or set TINTYPE_ENDPOINT_TOKEN.';
  if (code === 'invalid_request') return requestHint(failure.facts.status, text);
  if (code === 'unexpected_status') return redirectHint(failure.facts.location, engine);
  if (retryAfterMs === undefined) return undefined;
  const again = `Try again in ${inWords(retryAfterMs)}, or allow more`;
  if (code === 'rate_limited') return `${again} with timeout.total and retry.max.`;
  return isUnavailable(code) ? `${again} time with timeout.total.` : undefined;
}

function requestHint(status: number, text: string): string | undefined {
  if (status === 413) return 'It is too long for the endpoint: shorten the prompts, or what goes in extra.';
  return headersRefused.test(text)
    ? 'Something between here and the endpoint changes the headers, which were exactly application/json.'
    : undefined;
}

function redirectHint(location: string | undefined, engine: Engine): string | undefined {
  if (location === undefined || !URL.canParse(location, engine.endpoint.href)) return undefined;
  // The path and query of a redirect may hold a secret.
  const { origin } = new URL(location, engine.endpoint.href);
  return `It redirects to ${origin}. Redirects are not followed, as the token would travel: use the endpoint's final URL.`;
}
