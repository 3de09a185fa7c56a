import { DecodeProblem } from '../decode/decode-problem.ts';
import type { ImageHead, ImageSink } from '../decode/image-sink.ts';
import { ResponseBody, type ResponseContent } from '../decode/response-body.ts';
import type { Attempt } from '../errors/attempt.ts';
import { classifyFailure } from '../retry/decide.ts';
import { NetworkFailure } from '../retry/network-failure.ts';
import type { Outcome, ResponseHead } from '../retry/outcome.ts';
import { DeadlinePassed, linkAbort, watchDeadlines } from './deadlines.ts';
import type { Engine } from './engine.ts';
import { EnoughRead, type Receiver, type ResponseHeaders } from './exchange.ts';

export interface AttemptOptions {
  readonly engine: Engine;
  readonly body: string;
  /** Makes the place for the image when a good response begins. */
  readonly openSink: (headers: ResponseHeaders) => ImageSink;
  readonly onHead: (head: ImageHead) => void;
  /** Until the total deadline; the caller stops the attempt then. */
  readonly leftMs: number;
  readonly signal: AbortSignal;
}

/** More of an error's body is not read. */
const mostErrorText = 64 * 1024;

/** Makes one POST and tells how it ended; throws only what its sink does. */
export async function runAttempt({ engine, body, openSink, onHead, leftMs, signal }: AttemptOptions): Promise<Outcome> {
  const { effects, endpoint, protocol, token, timeouts } = engine;
  const stop = new AbortController();
  const unlink = linkAbort(signal, stop);
  let lastBytesAt: number | undefined;
  let reader: ResponseReader | undefined;

  const unwatch = watchDeadlines({
    effects,
    attemptMs: timeouts.attempt,
    idleMs: timeouts.idle,
    lastBytesAt: () => lastBytesAt,
    onPassed: (reason) => stop.abort(reason),
  });

  const receiver: Receiver = {
    head(status, headers) {
      const facts = responseHead(status, headers);
      reader =
        status >= 200 && status < 300
          ? new ImageReader({ facts, headers, sink: openSink(headers), engine, onHead })
          : new ErrorReader(facts);
    },
    data(chunk) {
      lastBytesAt = effects.now();
      return reader?.push(chunk);
    },
    get copies() {
      return reader?.copies ?? true;
    },
  };

  try {
    await effects.exchange(
      {
        url: protocol.requestUrl(endpoint),
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: protocol.accept,
          ...authorization(token),
        },
        body,
        signal: stop.signal,
        timeoutMs: Math.min(timeouts.attempt, leftMs),
      },
      receiver,
    );
    return reader === undefined ? noResponse() : reader.end();
  } catch (error) {
    if (stop.signal.aborted && !(stop.signal.reason instanceof DeadlinePassed))
      return { kind: 'aborted', cause: stop.signal.reason };
    return failed(error, reader);
  } finally {
    unwatch();
    unlink();
  }
}

interface ResponseReader {
  readonly facts: ResponseHead;
  readonly copies: boolean;
  push(chunk: Uint8Array): Promise<void> | undefined;
  end(): Outcome;
}

class ImageReader implements ResponseReader {
  readonly facts: ResponseHead;
  readonly #body: ResponseBody;
  readonly #sink: ImageSink;

  constructor(options: {
    readonly facts: ResponseHead;
    readonly headers: ResponseHeaders;
    readonly sink: ImageSink;
    readonly engine: Engine;
    readonly onHead: (head: ImageHead) => void;
  }) {
    const { facts, headers, sink, engine, onHead } = options;
    this.facts = facts;
    this.#sink = sink;
    this.#body = new ResponseBody({
      tools: engine.effects.tools,
      sink,
      headers,
      onHead,
      places: engine.protocol.imagePlaces,
      maxImageBytes: engine.maxImageBytes,
    });
  }

  get copies(): boolean {
    return this.#sink.copies;
  }

  push(chunk: Uint8Array): Promise<void> | undefined {
    this.#body.push(chunk);
    return this.#sink.drained?.();
  }

  end(): Outcome {
    const { facts } = this;
    const content: ResponseContent = this.#body.end();
    if (content.kind === 'handler_error') return { kind: 'response', facts, text: content.text };
    return { kind: 'image', facts, head: content.head, meta: content.meta };
  }
}

class ErrorReader implements ResponseReader {
  readonly copies = true;
  readonly facts: ResponseHead;
  readonly #decoder = new TextDecoder();
  #text = '';

  constructor(facts: ResponseHead) {
    this.facts = facts;
  }

  push(chunk: Uint8Array): undefined {
    this.#text += this.#decoder.decode(chunk, { stream: true });
    if (this.#text.length > mostErrorText) throw new EnoughRead();
  }

  end(): Outcome {
    return { kind: 'response', facts: this.facts, text: this.#text };
  }
}

function failed(error: unknown, reader: ResponseReader | undefined): Outcome {
  // An error's text that ends too soon, or not at all, is still an error's text.
  const isCutText = [EnoughRead, NetworkFailure, DeadlinePassed].some((kind) => error instanceof kind);
  if (reader instanceof ErrorReader && isCutText) return reader.end();
  if (error instanceof DecodeProblem) {
    const { reason, message } = error;
    return { kind: 'invalid', facts: reader?.facts ?? { status: 200 }, reason, message };
  }
  if (error instanceof DeadlinePassed) return { kind: 'timeout', phase: error.phase };
  if (error instanceof NetworkFailure) {
    if (error.code === 'UND_ERR_CONNECT_TIMEOUT') return { kind: 'timeout', phase: 'connect' };
    return { kind: 'network', code: error.code, stage: error.stage, cause: error.cause };
  }
  throw error;
}

function noResponse(): Outcome {
  return { kind: 'network', code: 'no_response', stage: 'interrupted', cause: undefined };
}

function responseHead(status: number, headers: ResponseHeaders): ResponseHead {
  return {
    status,
    requestId: headers['x-request-id'] ?? headers['x-amzn-trace-id'],
    retryAfter: headers['retry-after'],
    location: headers['location'],
  };
}

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
  if (outcome.kind === 'image' || outcome.kind === 'invalid' || outcome.kind === 'aborted') return true;
  const failureClass = classifyFailure(outcome, durationMs);
  return failureClass === 'may_have_run' || failureClass === 'timed_out';
}

function describeFailure(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'image':
      return undefined;
    case 'network':
      return outcome.code;
    case 'timeout':
      return `${outcome.phase} timeout`;
    case 'invalid':
      return outcome.reason;
    case 'aborted':
      return 'aborted';
    case 'response':
      // A status that is no success says it itself.
      return outcome.facts.status < 300 ? 'error in the body' : undefined;
    default:
      return outcome satisfies never;
  }
}

/** The header that shows the token; none where there is no token, or where the transport adds it itself. */
export function authorization(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
