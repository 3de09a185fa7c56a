import { ImageError } from '../errors/image-error.ts';
import { backoff } from '../retry/decide.ts';
import type { AnswerFacts } from '../retry/outcome.ts';
import { parseRetryAfter } from '../retry/retry-after.ts';
import { answerText } from './answer-text.ts';
import { authorization } from './authorization.ts';
import type { Engine } from './engine.ts';

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
const mostText = 4096;

/**
 * Asks the health route until it answers anything but 502 or 503, which means that a container is there. It costs no
 * picture, and with `X-Scale-Up-Timeout` the proxy holds the question until the replica has started.
 */
export async function wakeEndpoint({ engine, signal, deadline, onWaiting }: WakeOptions): Promise<HealthAnswer> {
  const { now, sleep, random } = engine.effects;
  for (let round = 0; ; round += 1) {
    const answer = await askHealth(engine, signal, deadline - now());
    if (answer.facts.status !== 502 && answer.facts.status !== 503) return answer;
    const retryAfterMs = parseRetryAfter(answer.facts.retryAfter, now());
    const delayMs = retryAfterMs ?? backoff('starting', round, random);
    if (now() + delayMs >= deadline) {
      throw new ImageError({
        code: 'endpoint_unavailable',
        message: `The endpoint is not ready: its health route answers ${answer.facts.status}.`,
        status: answer.facts.status,
        requestId: answer.facts.requestId,
        retryAfterMs,
      });
    }
    onWaiting(answer, delayMs);
    await sleep(delayMs, signal);
    signal.throwIfAborted();
  }
}

/** One question to the health route. */
export async function askHealth(engine: Engine, signal: AbortSignal, leftMs: number): Promise<HealthAnswer> {
  const { endpoint, token, effects } = engine;
  const hold = Math.max(1, Math.min(longestHold, Math.floor(leftMs / 1000)));
  const decoder = new TextDecoder();
  let facts: AnswerFacts = { status: 0 };
  let text = '';
  await effects.exchange(
    {
      url: healthUrl(endpoint),
      method: 'GET',
      headers: {
        accept: 'application/json',
        'x-scale-up-timeout': String(hold),
        ...authorization(token),
      },
      signal,
      timeoutMs: Math.max(1, Math.min(leftMs, hold * 1000 + 10_000)),
    },
    {
      copies: true,
      head(status, headers) {
        facts = { status, retryAfter: headers['retry-after'], requestId: headers['x-request-id'] };
      },
      data(chunk) {
        if (text.length < mostText) text += decoder.decode(chunk, { stream: true });
        return undefined;
      },
    },
  );
  return { facts, text: answerText(text, token) };
}
