import { ImageError } from '../errors/image-error.ts';
import { answerCause } from '../retry/answer-cause.ts';
import type { Engine } from './engine.ts';
import { linkAbort } from './link-abort.ts';
import { endpointFacts, toImageError } from './to-image-error.ts';
import { NetworkFailure } from '../transport/network-failure.ts';
import { notReady, wakeEndpoint, type HealthAnswer } from './wake-endpoint.ts';
import { DeadlinePassed } from './watch-deadlines.ts';

/** An endpoint that can be asked for pictures. */
export interface Readiness {
  /** How long it took, in milliseconds. */
  readonly waitedMs: number;
  /** What its health route answered in the end; 404 comes from a container that has none, and is there. */
  readonly status: number;
}

/** Wakes an endpoint, and tells apart why it may not wake. */
export async function waitUntilReady(engine: Engine, callerSignal: AbortSignal | undefined): Promise<Readiness> {
  const { now, alarm } = engine.effects;
  const startedAt = now();
  const stop = new AbortController();
  const unlink = linkAbort(callerSignal, stop);
  const takeOff = alarm(engine.timeouts.total, () => stop.abort(new DeadlinePassed('total')));
  let lastAnswer: HealthAnswer | undefined;
  try {
    const ready = await wakeEndpoint({
      engine,
      signal: stop.signal,
      deadline: startedAt + engine.timeouts.total,
      onWaiting: (answer, nextInMs) => {
        lastAnswer = answer;
        engine.emit?.({
          type: 'waiting',
          call: 0,
          at: now(),
          since: startedAt,
          status: answer.facts.status,
          answer: answer.text,
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
      throw lastAnswer === undefined
        ? saidNothing(engine)
        : notReady({ engine, answer: lastAnswer, sinceMs: now() - startedAt });
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

/** Not every answer but 502 and 503 is good news. */
function refuseBadHealth(engine: Engine, { facts, text }: HealthAnswer): void {
  if (facts.status < 400) return;
  const cause = answerCause(facts.status, text);
  const isRefusal = cause === 'unauthorized' || cause === 'endpoint_paused' || cause === 'endpoint_failed';
  if (isRefusal) throw toImageError({ engine, failure: { kind: 'answer', facts, text }, attempts: [] });
}
