import { AsyncLocalStorage } from 'node:async_hooks';
import type * as Api from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { upkeepPaths } from '../http/upkeep-paths.ts';
import { codeOf } from '../problems/problem.ts';
import { isFinal, type JobRecord } from '../jobs/job-record.ts';
import { traceAttempts } from './trace-attempts.ts';
import type { Tracing } from './tracing.ts';

export interface TracingOptions {
  /** Whether spans hold the prompts. */
  readonly prompts: boolean;
}

/**
 * Spans of requests, jobs and attempts, with the attributes of OpenTelemetry's conventions where there are any
 * (https://opentelemetry.io/docs/specs/semconv/): `http.*`, `graphql.*`, `gen_ai.*`, `error.type`. Addresses of images, the
 * endpoint's address, keys and, unless asked for, prompts are in none.
 */
export function createOpenTelemetryTracing(api: typeof Api, options: TracingOptions): Tracing {
  const { context, propagation, trace, SpanKind, SpanStatusCode } = api;
  const tracer = trace.getTracer('@tintype/graphql');
  /** Beside OpenTelemetry's own, which is there only where a context manager is. */
  const current = new AsyncLocalStorage<Context>();
  /** Of the jobs that run here. */
  const running = new Map<string, Span>();
  const attempts = traceAttempts({ api, tracer, parent: () => current.getStore() });

  async function inside<Result>(span: Span, parent: Context, work: () => Promise<Result>): Promise<Result> {
    const within = trace.setSpan(parent, span);
    try {
      return await current.run(within, async () => context.with(within, work));
    } finally {
      span.end();
    }
  }

  function currentSpan(): Span | undefined {
    const within = current.getStore();
    return within === undefined ? undefined : trace.getSpan(within);
  }

  return {
    async request(request, answer) {
      if (upkeepPaths.has(URL.parse(request.url)?.pathname ?? '')) return answer(() => undefined);
      const active = context.active();
      // Where the HTTP server is traced by itself, the request has its span already.
      const isInner = trace.getSpan(active) !== undefined;
      const parent = isInner ? active : propagation.extract(active, Object.fromEntries(request.headers));
      const { method } = request;
      const span = tracer.startSpan(
        method,
        { kind: isInner ? SpanKind.INTERNAL : SpanKind.SERVER, attributes: { 'http.request.method': method } },
        parent,
      );
      return inside(span, parent, async () =>
        answer(({ route, status, requestId }) => {
          span.updateName(`${method} ${route}`);
          span.setAttributes({
            'http.route': route,
            'http.response.status_code': status,
            'tintype.request.id': requestId,
          });
          if (status < 500) return;
          span.setAttribute('error.type', String(status));
          span.setStatus({ code: SpanStatusCode.ERROR });
        }),
      );
    },

    operation({ type, name }) {
      currentSpan()?.setAttributes({
        'graphql.operation.type': type,
        ...(name === undefined ? {} : { 'graphql.operation.name': name }),
      });
    },

    origin() {
      const carrier: Record<string, string> = {};
      // Baggage is the caller's, and may be anything: it ends here.
      propagation.inject(propagation.deleteBaggage(current.getStore() ?? context.active()), carrier);
      return Object.keys(carrier).length === 0 ? undefined : carrier;
    },

    accepted(job) {
      const span = currentSpan();
      span?.setAttribute('tintype.job.id', job.id);
      const origin = spanContextOf(job);
      // A repeated request leads to the job of an earlier one.
      if (origin !== undefined && origin.traceId !== span?.spanContext().traceId) span?.addLink({ context: origin });
    },

    async job(job, run) {
      const parent = propagation.extract(api.ROOT_CONTEXT, job.trace ?? {});
      const { extra, prompt } = job.request;
      const span = tracer.startSpan(
        `generate_content ${job.endpoint}`,
        {
          kind: SpanKind.CONSUMER,
          attributes: {
            'tintype.job.id': job.id,
            'tintype.job.wait_seconds': ((job.startedAt ?? job.createdAt) - job.createdAt) / 1_000,
            'tintype.job.dispatches': job.dispatches,
            'tintype.endpoint.name': job.endpoint,
            'gen_ai.operation.name': 'generate_content',
            'gen_ai.provider.name': 'tintype',
            'gen_ai.output.type': 'image',
            ...(typeof extra['seed'] === 'number' ? { 'gen_ai.request.seed': extra['seed'] } : {}),
            ...(options.prompts ? { 'gen_ai.input.messages': messageOf(prompt) } : {}),
          },
        },
        parent,
      );
      running.set(job.id, span);
      try {
        await inside(span, parent, run);
      } finally {
        running.delete(job.id);
      }
    },

    changed(job) {
      const span = running.get(job.id);
      if (span === undefined) return;
      if (job.status === 'WAITING') {
        const status = job.lastAnswer?.status;
        span.addEvent('tintype.job.waiting', status === undefined ? {} : { 'http.response.status_code': status });
      }
      if (!isFinal(job)) return;
      span.setAttribute('tintype.job.status', job.status);
      if (job.failure === undefined) return;
      span.setAttribute('error.type', codeOf(job.failure));
      if (job.status === 'FAILED') span.setStatus({ code: SpanStatusCode.ERROR });
    },

    close() {
      attempts.stop();
    },
  };

  function spanContextOf(job: JobRecord) {
    return trace.getSpanContext(propagation.extract(api.ROOT_CONTEXT, job.trace ?? {}));
  }
}

/** https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ */
function messageOf(prompt: string): string {
  return JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: prompt }] }]);
}
