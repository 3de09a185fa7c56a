import { isRecord } from '../contract/json-value.ts';
import type { Attempt } from '../errors/attempt.ts';
import type { EndpointFacts, ErrorFacts, ResponseFacts } from '../errors/facts.ts';
import { ImageError } from '../errors/image-error.ts';
import { redact } from '../observe/redact.ts';
import type { Failure } from '../retry/outcome.ts';
import { headersRefused, responseCause, type ResponseCause } from '../retry/response-cause.ts';
import type { Engine } from './engine.ts';

export interface FailedCall {
  readonly engine: Engine;
  readonly failure: Failure;
  readonly attempts: readonly Attempt[];
  /** Since when the endpoint has been responding that it starts, in milliseconds before now. */
  readonly unavailableForMs?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The facts that every error of an endpoint has. */
export function endpointFacts({ endpoint: { origin, pathname } }: Engine): EndpointFacts {
  return { endpoint: `${origin}${pathname}` };
}

/** The error that a call ends with. */
export function toImageError(call: FailedCall): ImageError {
  const { engine, failure, attempts } = call;
  const where = endpointFacts(engine);
  /** A transport keeps its own times: what is known is how long the attempt lasted. */
  const lastedMs = attempts.at(-1)?.durationMs ?? 0;
  switch (failure.kind) {
    case 'aborted':
      return new ImageError({ code: 'aborted', facts: where, attempts, cause: failure.cause });
    case 'timeout': {
      const { phase } = failure;
      const ms = phase === 'connect' ? lastedMs : engine.timeouts[phase];
      return new ImageError({ code: 'timeout', facts: { ...where, phase, ms }, attempts });
    }
    case 'network': {
      const { stage, code } = failure;
      if (stage === 'timeout')
        return new ImageError({ code: 'timeout', facts: { ...where, phase: 'attempt', ms: lastedMs }, attempts });
      const cause = withoutSecrets(failure.cause, engine.secrets);
      return new ImageError({ code: 'network', facts: { ...where, failure: code, stage }, attempts, cause });
    }
    case 'invalid': {
      const { reason, message, facts } = failure;
      const detail = redact(message, engine.secrets);
      return new ImageError({
        code: 'invalid_response',
        facts: { ...where, requestId: facts.requestId, reason, detail },
        status: facts.status,
        attempts,
      });
    }
    case 'response':
      return responseError(call, failure);
    default:
      return failure satisfies never;
  }
}

function responseError(call: FailedCall, failure: Failure & { readonly kind: 'response' }): ImageError {
  const { engine, attempts, unavailableForMs: waitedMs, retryAfterMs } = call;
  const { status, requestId, location } = failure.facts;
  const said = responseText(failure.text, engine.secrets);
  const upstream = upstreamCode(failure.text);
  const reported = errorCode(failure.text);
  const code = engine.protocol.causes[reported ?? ''] ?? responseCause(status, said, upstream);
  const own: OwnFacts = {
    invalid_request: { issues: [], headersChanged: headersRefused.test(said) },
    unauthorized: { hasToken: engine.sendsToken },
    payment_required: {},
    content_refused: {},
    endpoint_not_found: {},
    endpoint_unavailable: { waitedMs, waits: engine.retry.waitForColdStart },
    endpoint_paused: {},
    endpoint_failed: {},
    rate_limited: {},
    overloaded: { waitedMs, waits: engine.retry.waitForColdStart },
    handler_failed: {},
    out_of_memory: {},
    timeout: { phase: 'attempt', ms: attempts.at(-1)?.durationMs ?? 0 },
    unexpected_status: { redirectsTo: originOf(location, engine.endpoint) },
  };
  const facts: ResponseFacts = {
    ...endpointFacts(engine),
    said: said === '' ? undefined : said,
    requestId: requestId === undefined ? undefined : redact(requestId, engine.secrets),
    retryAfterMs,
    upstreamCode: upstream === code ? undefined : (upstream ?? reported),
  };
  return new ImageError({ code, facts: { ...facts, ...own[code] }, status, attempts });
}

/** What a response of each cause tells beyond what every response does. */
type OwnFacts = { readonly [Code in ResponseCause]: Omit<ErrorFacts[Code], keyof ResponseFacts> };

/** The path and query of a redirect may hold a secret. */
function originOf(location: string | undefined, endpoint: URL): string | undefined {
  return location !== undefined && URL.canParse(location, endpoint.href)
    ? new URL(location, endpoint.href).origin
    : undefined;
}

/** A transport of the caller's may put the request, with its headers, into what it throws. */
function withoutSecrets(cause: unknown, secrets: readonly string[]): unknown {
  if (!(cause instanceof Error)) return undefined;
  const { name, message } = cause;
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
  return Object.assign(new Error(redact(message, secrets)), { name, ...code });
}

/** What a response that is not an image says, fit to be shown: the `error` of JSON, the title of a page, or the text itself. */
export function responseText(body: string, secrets: readonly string[]): string {
  const { error, message, detail } = members(body);
  const nested = isRecord(error) ? error['message'] : undefined;
  const said = nested ?? error ?? message ?? detail ?? pageText(body) ?? body;
  return redact(typeof said === 'string' ? said : JSON.stringify(said), secrets);
}

/** The code that a Tintype gateway gives beside its words. */
export function upstreamCode(body: string): string | undefined {
  return asCode(members(body)['code']);
}

/** The code of an error as OpenAI writes it: `{"error": {"message", "type", "param", "code"}}`. */
function errorCode(body: string): string | undefined {
  const { error } = members(body);
  return isRecord(error) ? asCode(error['code']) : undefined;
}

function asCode(code: unknown): string | undefined {
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : undefined;
}

function members(body: string): Readonly<Record<string, unknown>> {
  if (!body.trimStart().startsWith('{')) return {};
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function pageText(body: string): string | undefined {
  if (!/<(!doctype|html|head|body)\b/i.test(body)) return undefined;
  const heading = /<title[^<>]*>([^<]+)<|<h1[^<>]*>([^<]+)</i.exec(body);
  return heading?.[1] ?? heading?.[2] ?? 'a page of HTML';
}
