import { ImageError } from '../errors/image-error.ts';
import { pause } from '../retry/decide.ts';
import { NetworkFailure } from '../retry/network-failure.ts';
import type { ResponseHead } from '../retry/outcome.ts';
import { responseCause } from '../retry/response-cause.ts';
import { parseRetryAfter } from '../retry/retry-after.ts';
import { authorization } from './attempt.ts';
import { endpointFacts, responseText, toImageError } from './call-error.ts';
import { DeadlinePassed, linkAbort, watchDeadlines } from './deadlines.ts';
import type { Engine } from './engine.ts';
import { EnoughRead } from './exchange.ts';

export interface HealthResponse {
  readonly facts: ResponseHead;
  readonly text: string;
}

export interface WakeOptions {
  readonly engine: Engine;
  /** The health route. */
  readonly url: URL;
  readonly signal: AbortSignal;
  /** In milliseconds of the engine's clock. */
  readonly deadline: number;
  readonly onWaiting: (response: HealthResponse, nextInMs: number) => void;
}

/** Hugging Face's proxy holds a request so long, in seconds, while it starts a replica. */
const longestHold = 600;
/** How much later than it was asked to the proxy may respond, in milliseconds. */
const holdGraceMs = 10_000;
const mostText = 4096;

/**
 * Asks the health route until it responds with anything but 502 or 503, which means that a container is there. It costs no
 * image, and with `X-Scale-Up-Timeout` the proxy holds the question until the replica has started.
 */
export async function wakeEndpoint({ engine, url, signal, deadline, onWaiting }: WakeOptions): Promise<HealthResponse> {
  const { now, sleep, random } = engine.effects;
  const begunAt = now();
  for (let round = 0; ; round += 1) {
    const response = await askHealth(engine, url, signal, deadline - now());
    if (response.facts.status !== 502 && response.facts.status !== 503) return response;
    const retryAfterMs = parseRetryAfter(response.facts.retryAfter, now());
    const delayMs = pause({ retryAfterMs, failureClass: 'starting', round, random });
    if (now() + delayMs >= deadline) throw notReady({ engine, response, sinceMs: now() - begunAt, retryAfterMs });
    onWaiting(response, delayMs);
    await sleep(delayMs, signal);
    signal.throwIfAborted();
  }
}

export interface NotReady {
  readonly engine: Engine;
  /** The last one. */
  readonly response: HealthResponse;
  readonly sinceMs: number;
  readonly retryAfterMs?: number | undefined;
}

/** The error for an endpoint that responds, but does not wake in time. */
export function notReady({ engine, response, sinceMs, retryAfterMs }: NotReady): ImageError {
  const failure = { kind: 'response', ...response } as const;
  return toImageError({ engine, failure, attempts: [], unavailableForMs: sinceMs, retryAfterMs });
}

/**
 * One question to the health route. Its status is what counts: a response that does not end is not read on.
 *
 * @throws NetworkFailure where no response begins.
 */
async function askHealth(engine: Engine, url: URL, signal: AbortSignal, leftMs: number): Promise<HealthResponse> {
  const { token, effects, timeouts } = engine;
  const hold = Math.max(1, Math.min(longestHold, Math.floor(leftMs / 1000)));
  const longestMs = hold * 1000 + holdGraceMs;
  const stop = new AbortController();
  const unlink = linkAbort(signal, stop);
  const decoder = new TextDecoder();
  let facts: ResponseHead | undefined;
  let text = '';
  let lastBytesAt: number | undefined;
  const unwatch = watchDeadlines({
    effects,
    attemptMs: longestMs,
    idleMs: timeouts.idle,
    lastBytesAt: () => lastBytesAt,
    onPassed: (reason) => stop.abort(reason),
  });
  try {
    await effects.exchange(
      {
        url,
        method: 'GET',
        headers: {
          accept: 'application/json',
          'x-scale-up-timeout': String(hold),
          ...authorization(token),
        },
        signal: stop.signal,
        timeoutMs: Math.max(1, Math.min(leftMs, longestMs)),
      },
      {
        copies: true,
        head(status, headers) {
          facts = { status, retryAfter: headers['retry-after'], requestId: headers['x-request-id'] };
          lastBytesAt = effects.now();
        },
        data(chunk) {
          lastBytesAt = effects.now();
          text += decoder.decode(chunk, { stream: true });
          if (text.length > mostText) throw new EnoughRead();
          return undefined;
        },
      },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (facts === undefined) {
      throw error instanceof DeadlinePassed
        ? new NetworkFailure({ code: 'no_response', stage: 'timeout', cause: error })
        : error;
    }
  } finally {
    unwatch();
    unlink();
  }
  return { facts: facts ?? { status: 0 }, text: responseText(text, engine.secrets) };
}

/** An endpoint that can be asked for images. */
export interface Readiness {
  /** How long it took, in milliseconds. */
  readonly waitedMs: number;
  /**
   * What its health route responded in the end; 404 comes from a container that has none, and is there. `undefined` where
   * the protocol has no such route: then nothing was sent.
   */
  readonly status: number | undefined;
}

/** Wakes an endpoint, and tells apart why it may not wake. */
export async function waitUntilReady(engine: Engine, callerSignal: AbortSignal | undefined): Promise<Readiness> {
  const { now, alarm } = engine.effects;
  const url = engine.protocol.healthUrl(engine.endpoint);
  if (url === undefined) return { waitedMs: 0, status: undefined };
  const startedAt = now();
  const stop = new AbortController();
  const unlink = linkAbort(callerSignal, stop);
  const takeOff = alarm(engine.timeouts.total, () => stop.abort(new DeadlinePassed('total')));
  let lastResponse: HealthResponse | undefined;
  try {
    const ready = await wakeEndpoint({
      engine,
      url,
      signal: stop.signal,
      deadline: startedAt + engine.timeouts.total,
      onWaiting: (response, nextInMs) => {
        lastResponse = response;
        engine.emit?.({
          type: 'waiting',
          call: 0,
          at: now(),
          since: startedAt,
          status: response.facts.status,
          response: response.text,
          nextInMs,
        });
      },
    });
    refuseBadHealth(engine, ready);
    return { waitedMs: now() - startedAt, status: ready.facts.status };
  } catch (error) {
    if (ImageError.isInstance(error)) throw error;
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
    if (reason instanceof DeadlinePassed)
      throw lastResponse === undefined
        ? saidNothing(engine)
        : notReady({ engine, response: lastResponse, sinceMs: now() - startedAt });
    if (reason instanceof NetworkFailure) {
      const { code, stage, cause } = reason;
      throw toImageError({ engine, failure: { kind: 'network', code, stage, cause }, attempts: [] });
    }
    // What is not ours comes out as it is.
    if (!stop.signal.aborted) throw error;
    throw toImageError({ engine, failure: { kind: 'aborted', cause: reason }, attempts: [] });
  } finally {
    takeOff();
    unlink();
  }
}

function saidNothing(engine: Engine): ImageError {
  const facts = { ...endpointFacts(engine), phase: 'total', ms: engine.timeouts.total, waitingFor: 'health' } as const;
  return new ImageError({ code: 'timeout', facts });
}

/** Not every response but 502 and 503 is good news. */
function refuseBadHealth(engine: Engine, { facts, text }: HealthResponse): void {
  if (facts.status < 400) return;
  const cause = responseCause(facts.status, text);
  const isRefusal = cause === 'unauthorized' || cause === 'endpoint_paused' || cause === 'endpoint_failed';
  if (isRefusal) throw toImageError({ engine, failure: { kind: 'response', facts, text }, attempts: [] });
}
