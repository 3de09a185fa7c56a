import { AnswerBody, type AnswerContent } from '../decode/answer-body.ts';
import { DecodeProblem } from '../decode/decode-problem.ts';
import type { PictureHead, PictureSink } from '../decode/picture-sink.ts';
import type { AnswerFacts, Outcome } from '../retry/outcome.ts';
import type { AnswerHeaders, Receiver } from '../transport/exchange.ts';
import { NetworkFailure } from '../transport/network-failure.ts';
import { authorization } from './authorization.ts';
import type { Engine } from './engine.ts';
import { EnoughRead } from './enough-read.ts';
import { linkAbort } from './link-abort.ts';
import { DeadlinePassed, watchDeadlines } from './watch-deadlines.ts';

export interface AttemptOptions {
  readonly engine: Engine;
  readonly body: string;
  /** Makes the place for the picture when a good answer begins. */
  readonly openSink: (headers: AnswerHeaders) => PictureSink;
  readonly onHead: (head: PictureHead) => void;
  /** Until the total deadline; the caller stops the attempt then. */
  readonly leftMs: number;
  readonly signal: AbortSignal;
}

/** More of an error's body is not read. */
const mostErrorText = 64 * 1024;

/** Makes one POST and tells how it ended; throws only what its sink does. */
export async function runAttempt({ engine, body, openSink, onHead, leftMs, signal }: AttemptOptions): Promise<Outcome> {
  const { effects, endpoint, token, timeouts } = engine;
  const stop = new AbortController();
  const unlink = linkAbort(signal, stop);
  let lastBytesAt: number | undefined;
  let answer: AnswerReader | undefined;

  const unwatch = watchDeadlines({
    effects,
    attemptMs: timeouts.attempt,
    idleMs: timeouts.idle,
    lastBytesAt: () => lastBytesAt,
    onPassed: (reason) => stop.abort(reason),
  });

  const receiver: Receiver = {
    head(status, headers) {
      const facts = answerFacts(status, headers);
      answer =
        status >= 200 && status < 300
          ? new PictureReader({ facts, headers, sink: openSink(headers), engine, onHead })
          : new ErrorReader(facts);
    },
    data(chunk) {
      lastBytesAt = effects.now();
      return answer?.push(chunk);
    },
    get copies() {
      return answer?.copies ?? true;
    },
  };

  try {
    await effects.exchange(
      {
        url: endpoint,
        method: 'POST',
        // Exactly these: the toolkit compares them letter by letter.
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...authorization(token),
        },
        body,
        signal: stop.signal,
        timeoutMs: Math.min(timeouts.attempt, leftMs),
      },
      receiver,
    );
    return answer === undefined ? noAnswer() : answer.end();
  } catch (error) {
    if (stop.signal.aborted && !(stop.signal.reason instanceof DeadlinePassed))
      return { kind: 'aborted', cause: stop.signal.reason };
    return failed(error, answer);
  } finally {
    unwatch();
    unlink();
  }
}

interface AnswerReader {
  readonly facts: AnswerFacts;
  readonly copies: boolean;
  push(chunk: Uint8Array): Promise<void> | undefined;
  end(): Outcome;
}

class PictureReader implements AnswerReader {
  readonly facts: AnswerFacts;
  readonly #body: AnswerBody;
  readonly #sink: PictureSink;

  constructor(options: {
    readonly facts: AnswerFacts;
    readonly headers: AnswerHeaders;
    readonly sink: PictureSink;
    readonly engine: Engine;
    readonly onHead: (head: PictureHead) => void;
  }) {
    const { facts, headers, sink, engine, onHead } = options;
    this.facts = facts;
    this.#sink = sink;
    this.#body = new AnswerBody({
      tools: engine.effects.tools,
      sink,
      headers,
      onHead,
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
    const content: AnswerContent = this.#body.end();
    if (content.kind === 'handler_error') return { kind: 'answer', facts, text: content.text };
    return { kind: 'picture', facts, head: content.head, meta: content.meta };
  }
}

class ErrorReader implements AnswerReader {
  readonly copies = true;
  readonly facts: AnswerFacts;
  readonly #decoder = new TextDecoder();
  #text = '';

  constructor(facts: AnswerFacts) {
    this.facts = facts;
  }

  push(chunk: Uint8Array): undefined {
    this.#text += this.#decoder.decode(chunk, { stream: true });
    if (this.#text.length > mostErrorText) throw new EnoughRead();
  }

  end(): Outcome {
    return { kind: 'answer', facts: this.facts, text: this.#text };
  }
}

function failed(error: unknown, answer: AnswerReader | undefined): Outcome {
  // An error's text that ends too soon, or not at all, is still an error's text.
  const isCutText = [EnoughRead, NetworkFailure, DeadlinePassed].some((kind) => error instanceof kind);
  if (answer instanceof ErrorReader && isCutText) return answer.end();
  if (error instanceof DecodeProblem) {
    const { reason, message } = error;
    return { kind: 'invalid', facts: answer?.facts ?? { status: 200 }, reason, message };
  }
  if (error instanceof DeadlinePassed) return { kind: 'timeout', phase: error.phase };
  if (error instanceof NetworkFailure) {
    if (error.code === 'UND_ERR_CONNECT_TIMEOUT') return { kind: 'timeout', phase: 'connect' };
    return { kind: 'network', code: error.code, stage: error.stage, cause: error.cause };
  }
  throw error;
}

function noAnswer(): Outcome {
  return { kind: 'network', code: 'no_answer', stage: 'interrupted', cause: undefined };
}

function answerFacts(status: number, headers: AnswerHeaders): AnswerFacts {
  return {
    status,
    requestId: headers['x-request-id'] ?? headers['x-amzn-trace-id'],
    retryAfter: headers['retry-after'],
    location: headers['location'],
  };
}
