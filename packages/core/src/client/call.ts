import type { ResolvedRequest } from '../contract/image-request.ts';
import type { ImageHead, ImageSink } from '../decode/image-sink.ts';
import type { Attempt } from '../errors/attempt.ts';
import { ImageError } from '../errors/image-error.ts';
import type { ImageFacts } from '../image/generated-image.ts';
import type { EventFacts } from '../observe/client-event.ts';
import { classifyFailure, decide, type FailureClass } from '../retry/decide.ts';
import { NetworkFailure } from '../retry/network-failure.ts';
import type { Failure, Outcome } from '../retry/outcome.ts';
import { describeAttempt, runAttempt } from './attempt.ts';
import { endpointFacts, responseText, toImageError } from './call-error.ts';
import { DeadlinePassed, linkAbort } from './deadlines.ts';
import type { Engine } from './engine.ts';
import type { ResponseHeaders } from './exchange.ts';
import { imageWarnings } from './image-warnings.ts';
import { wakeEndpoint } from './wake.ts';

export interface CallOptions {
  readonly engine: Engine;
  readonly call: number;
  readonly request: ResolvedRequest;
  readonly signal: AbortSignal | undefined;
  /** Makes the place for the image when a good response begins; once for each attempt that comes so far. */
  readonly openSink: (headers: ResponseHeaders) => ImageSink;
  /** Told once in an attempt, before the sink has the first byte. */
  readonly onHead?: ((head: ImageHead) => void) | undefined;
  /** Whether a failed attempt may be repeated; not once somebody has had a part of the image. */
  readonly isRepeatable: () => boolean;
}

/** One image: queue, POST, wait, wake, repeat, until it is there or there is nothing to be done. */
export async function runCall(options: CallOptions): Promise<ImageFacts> {
  const { engine, call } = options;
  const { now, alarm } = engine.effects;
  const startedAt = now();
  const run = new CallRun(options, startedAt);
  const emit = (facts: EventFacts): void => engine.emit?.({ ...facts, call, at: now() });
  const unlink = linkAbort(options.signal, run.stop);
  const takeOff = alarm(engine.timeouts.total, () => run.stop.abort(new DeadlinePassed('total')));
  let facts: ImageFacts;
  try {
    facts = await run.image(emit);
  } catch (error) {
    const known = ImageError.isInstance(error) ? error : run.stopped();
    emit({
      type: 'failed',
      durationMs: now() - startedAt,
      attempts: run.attempts.length,
      code: known?.code ?? 'unknown',
    });
    // What is not ours, such as a full disk under a file, comes out as it is.
    throw known ?? error;
  } finally {
    unlink();
    takeOff();
  }
  emit({ type: 'finished', durationMs: now() - startedAt, attempts: facts.attempts.length });
  return facts;
}

type Emit = (facts: EventFacts) => void;

function retryAfterOf(error: unknown): number | undefined {
  return ImageError.isInstance(error) && 'retryAfterMs' in error.facts ? error.facts.retryAfterMs : undefined;
}

function isTimeout(failure: Failure): boolean {
  return failure.kind === 'timeout' || (failure.kind === 'network' && failure.stage === 'timeout');
}

class CallRun {
  readonly attempts: Attempt[] = [];
  /** Stops everything that the call does: the caller's signal and the total deadline end here. */
  readonly stop = new AbortController();
  readonly #options: CallOptions;
  readonly #deadline: number;
  readonly #failures: { readonly attempt: Attempt; readonly class: FailureClass }[] = [];
  /** Since when the endpoint responds that it is not there yet, and its last response. */
  #unavailableSince: number | undefined;
  #lastFailure: Failure | undefined;

  constructor(options: CallOptions, startedAt: number) {
    this.#options = options;
    this.#deadline = startedAt + options.engine.timeouts.total;
  }

  async image(emit: Emit): Promise<ImageFacts> {
    const { engine } = this.#options;
    const { ahead } = engine.limiter;
    if (ahead > 0) emit({ type: 'queued', ahead });
    await engine.limiter.enter(this.stop.signal);
    try {
      return await this.#untilDone(emit);
    } finally {
      engine.limiter.leave();
    }
  }

  async #untilDone(emit: Emit): Promise<ImageFacts> {
    const { engine, request } = this.#options;
    const { now, random, sleep, trace } = engine.effects;
    const body = JSON.stringify(engine.protocol.body(request, engine.model));
    let waitedMs = 0;
    for (;;) {
      const number = this.attempts.length + 1;
      emit({ type: 'sending', attempt: number });
      const begunAt = now();
      const { outcome, attempt } = await trace(
        'attempt',
        { number },
        async () => {
          const made = await this.#attempt(body, emit);
          return { outcome: made, attempt: describeAttempt(made, { number, waitedMs, durationMs: now() - begunAt }) };
        },
        (ended) => ended.attempt,
      );
      this.attempts.push(attempt);
      if (outcome.kind === 'image') return this.#facts(outcome);
      const failureClass = classifyFailure(outcome, attempt.durationMs);
      this.#lastFailure = outcome;
      // A transport's own clock may ring just before ours: what ran out is the whole time all the same.
      if (isTimeout(outcome) && now() >= this.#deadline) this.stop.abort(new DeadlinePassed('total'));
      // The signal, not the outcome, knows whether it was the total deadline or the caller.
      this.stop.signal.throwIfAborted();
      if (failureClass === 'starting') this.#unavailableSince ??= begunAt;
      const decision = decide({
        failure: outcome,
        failureClass,
        history: { failures: this.#failures, deadline: this.#deadline },
        now: now(),
        policy: engine.retry,
        random,
      });
      this.#failures.push({ attempt, class: failureClass });
      if (decision.kind === 'give_up' || !this.#options.isRepeatable()) {
        throw this.#error(outcome, decision.kind === 'give_up' ? decision.retryAfterMs : undefined);
      }
      const waitBegunAt = now();
      this.#tellWaiting(emit, { outcome, attempt, delayMs: decision.delayMs });
      await sleep(decision.delayMs, this.stop.signal);
      this.stop.signal.throwIfAborted();
      if (decision.wake) await this.#wake(emit);
      waitedMs = now() - waitBegunAt;
    }
  }

  async #attempt(body: string, emit: Emit): Promise<Outcome> {
    const { engine, openSink, onHead } = this.#options;
    return runAttempt({
      engine,
      body,
      leftMs: this.#deadline - engine.effects.now(),
      signal: this.stop.signal,
      openSink,
      onHead: (head) => {
        emit({ type: 'receiving', mediaType: head.mediaType, width: head.size?.width, height: head.size?.height });
        onHead?.(head);
      },
    });
  }

  async #wake(emit: Emit): Promise<void> {
    const { engine } = this.#options;
    const url = engine.protocol.healthUrl(engine.endpoint);
    // Without a health route the POSTs themselves find out.
    if (url === undefined) return;
    try {
      await wakeEndpoint({
        engine,
        url,
        signal: this.stop.signal,
        deadline: this.#deadline,
        onWaiting: ({ facts, text }, nextInMs) =>
          emit({
            type: 'waiting',
            since: this.#unavailableSince ?? engine.effects.now(),
            status: facts.status,
            response: text,
            nextInMs,
          }),
      });
    } catch (error) {
      if (this.stop.signal.aborted) throw error;
      // The POST that follows meets the same network, and its failure counts.
      if (error instanceof NetworkFailure) return;
      if (this.#lastFailure !== undefined) throw this.#error(this.#lastFailure, retryAfterOf(error));
      throw error;
    }
  }

  #tellWaiting(
    emit: Emit,
    { outcome, attempt, delayMs }: { readonly outcome: Failure; readonly attempt: Attempt; readonly delayMs: number },
  ): void {
    const { engine } = this.#options;
    if (outcome.kind === 'response' && (outcome.facts.status === 503 || outcome.facts.status === 502)) {
      emit({
        type: 'waiting',
        since: this.#unavailableSince ?? engine.effects.now(),
        status: outcome.facts.status,
        response: responseText(outcome.text, engine.secrets),
        nextInMs: delayMs,
      });
    }
    emit({
      type: 'repeating',
      attempt: attempt.number + 1,
      inMs: delayMs,
      why: attempt.failure ?? `status ${attempt.status ?? 'unknown'}`,
      mayHaveRun: attempt.mayHaveRun,
    });
  }

  #facts(outcome: Outcome & { readonly kind: 'image' }): ImageFacts {
    const { request, engine } = this.#options;
    const { attempts } = this;
    const { mediaType, size } = outcome.head;
    return {
      mediaType,
      width: size?.width,
      height: size?.height,
      ...imageWarnings({ request, size, attempts, members: outcome.meta, secrets: engine.secrets }),
      attempts,
    };
  }

  /** The error for a call that was stopped from outside, by its caller or by its total deadline; none where it was not. */
  stopped(): ImageError | undefined {
    if (!this.stop.signal.aborted) return undefined;
    const reason: unknown = this.stop.signal.reason;
    if (!(reason instanceof DeadlinePassed)) return this.#error({ kind: 'aborted', cause: reason });
    // A deadline that passes while the endpoint starts says so, which a timeout would not.
    const last = this.#lastFailure;
    const isStarting = last?.kind === 'response' && this.#failures.at(-1)?.class === 'starting';
    if (isStarting) return this.#error(last);
    if (this.attempts.length > 0) return this.#error({ kind: 'timeout', phase: reason.phase });
    const { engine } = this.#options;
    const facts = { ...endpointFacts(engine), phase: 'total', ms: engine.timeouts.total, waitingFor: 'turn' } as const;
    return new ImageError({ code: 'timeout', facts });
  }

  #error(failure: Failure, retryAfterMs?: number): ImageError {
    const { engine } = this.#options;
    const unavailableForMs =
      this.#unavailableSince === undefined ? undefined : engine.effects.now() - this.#unavailableSince;
    return toImageError({ engine, failure, attempts: this.attempts, unavailableForMs, retryAfterMs });
  }
}
