import { pause } from '../retry/decide.ts';
import type { ImageError } from '../errors/image-error.ts';
import type { AnswerFacts } from '../retry/outcome.ts';
import { parseRetryAfter } from '../retry/retry-after.ts';
import { answerText } from './answer-text.ts';
import { authorization } from './authorization.ts';
import type { Engine } from './engine.ts';
import { EnoughRead } from './enough-read.ts';
import { linkAbort } from './link-abort.ts';
import { toImageError } from './to-image-error.ts';
import { DeadlinePassed, watchDeadlines } from './watch-deadlines.ts';
import { NetworkFailure } from '../transport/network-failure.ts';

/** The health route of an endpoint: beside `/predict` where the URL names that, below the URL otherwise. */
export function healthUrl(endpoint: URL): URL {
  const url = new URL(endpoint);
  url.search = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '').replace(/\/predict$/, '')}/health`;
  return url;
}

export interface HealthAnswer {
  readonly facts: AnswerFacts;
  readonly text: string;
}

export interface WakeOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
  /** In milliseconds of the engine's clock. */
  readonly deadline: number;
  readonly onWaiting: (answer: HealthAnswer, nextInMs: number) => void;
}

/** Hugging Face's proxy holds a request so long, in seconds, while it starts a replica. */
const longestHold = 600;
/** How much later than it was asked to the proxy may answer, in milliseconds. */
const holdGraceMs = 10_000;
const mostText = 4096;

/**
 * Asks the health route until it answers anything but 502 or 503, which means that a container is there. It costs no
 * picture, and with `X-Scale-Up-Timeout` the proxy holds the question until the replica has started.
 */
export async function wakeEndpoint({ engine, signal, deadline, onWaiting }: WakeOptions): Promise<HealthAnswer> {
  const { now, sleep, random } = engine.effects;
  const begunAt = now();
  for (let round = 0; ; round += 1) {
    const answer = await askHealth(engine, signal, deadline - now());
    if (answer.facts.status !== 502 && answer.facts.status !== 503) return answer;
    const retryAfterMs = parseRetryAfter(answer.facts.retryAfter, now());
    const delayMs = pause({ retryAfterMs, failureClass: 'starting', round, random });
    if (now() + delayMs >= deadline) throw notReady({ engine, answer, sinceMs: now() - begunAt, retryAfterMs });
    onWaiting(answer, delayMs);
    await sleep(delayMs, signal);
    signal.throwIfAborted();
  }
}

export interface NotReady {
  readonly engine: Engine;
  /** The last one. */
  readonly answer: HealthAnswer;
  readonly sinceMs: number;
  readonly retryAfterMs?: number | undefined;
}

/** The error for an endpoint that answers, but does not wake in time. */
export function notReady({ engine, answer, sinceMs, retryAfterMs }: NotReady): ImageError {
  const failure = { kind: 'answer', ...answer } as const;
  return toImageError({ engine, failure, attempts: [], unavailableForMs: sinceMs, retryAfterMs });
}

/**
 * One question to the health route. Its status is what counts: an answer that does not end is not read on.
 *
 * @throws NetworkFailure where no answer begins.
 */
async function askHealth(engine: Engine, signal: AbortSignal, leftMs: number): Promise<HealthAnswer> {
  const { endpoint, token, effects, timeouts } = engine;
  const hold = Math.max(1, Math.min(longestHold, Math.floor(leftMs / 1000)));
  const longestMs = hold * 1000 + holdGraceMs;
  const stop = new AbortController();
  const unlink = linkAbort(signal, stop);
  const decoder = new TextDecoder();
  let facts: AnswerFacts | undefined;
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
        url: healthUrl(endpoint),
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
        ? new NetworkFailure({ code: 'no_answer', stage: 'timeout', cause: error })
        : error;
    }
  } finally {
    unwatch();
    unlink();
  }
  return { facts: facts ?? { status: 0 }, text: answerText(text, engine.secrets) };
}
