import { tracingChannel } from 'node:diagnostics_channel';
import type * as Api from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { Attempt } from '@tintype/core';

export interface AttemptTracing {
  readonly api: typeof Api;
  readonly tracer: Tracer;
  /** The context of the job at work; `undefined` where the attempt is someone else's. */
  readonly parent: () => Context | undefined;
}

/** What core's channel says of one POST to the endpoint; `result` comes with its end. */
interface AttemptMessage {
  readonly number: number;
  readonly result?: Pick<Attempt, 'status' | 'failure'>;
}

/** Makes a span of each POST that core's client sends for one of our jobs. */
export function traceAttempts({ api, tracer, parent }: AttemptTracing): { stop(): void } {
  const { SpanKind, SpanStatusCode } = api;
  const channel = tracingChannel<unknown, AttemptMessage>('tintype:attempt');
  const spans = new WeakMap<AttemptMessage, Span>();
  const subscriber = {
    start(message: AttemptMessage): void {
      const within = parent();
      if (within === undefined) return;
      const again = message.number - 1;
      const attributes = {
        'http.request.method': 'POST',
        ...(again === 0 ? {} : { 'http.request.resend_count': again }),
      };
      spans.set(message, tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes }, within));
    },
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd(message: AttemptMessage): void {
      const span = spans.get(message);
      if (span === undefined) return;
      const { status } = message.result ?? {};
      if (status !== undefined) span.setAttribute('http.response.status_code', status);
      const problem = problemOf(message.result);
      if (problem !== undefined) {
        span.setAttribute('error.type', problem);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
    error: () => undefined,
  };
  channel.subscribe(subscriber);
  return {
    stop() {
      channel.unsubscribe(subscriber);
    },
  };
}

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/#error-type */
function problemOf(result: AttemptMessage['result']): string | undefined {
  if (result === undefined) return '_OTHER';
  const { status = 0, failure } = result;
  return failure ?? (status >= 300 ? String(status) : undefined);
}
