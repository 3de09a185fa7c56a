import { tracingChannel } from 'node:diagnostics_channel';
import path from 'node:path';
import { context, propagation, SpanKind, SpanStatusCode, trace, type Link } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import { answerJson, answerImage, stubEndpoint } from '../testing/stub-endpoint.ts';
import { generateImage, temporaryDirectory, testGateway } from '../testing/test-gateway.ts';

const input = { prompt: 'a secret red fox', width: 64, height: 64, extra: { seed: 7 } };
const traceId = '0af7651916cd43dd8448eb211c80319c';
const fromCaller = { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01`, baggage: 'who=someone' } };

/** OpenTelemetry's own SDK, as a program starts it; gone when the test ends. */
function startSdk() {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  onTestFinished(async () => {
    await provider.shutdown();
    for (const part of [trace, context, propagation]) part.disable();
  });
  const spans = () => exporter.getFinishedSpans();
  const named = (name: string) => spans().filter((span) => span.name === name);
  return { spans, named };
}

describe('with OpenTelemetry', () => {
  test('an image is one trace: the request, its job, each attempt', async () => {
    const { named } = startSdk();
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url);
    await graphql(generateImage, { input });
    await expect.poll(() => named('POST /graphql')).toHaveLength(1);
    const [[request], [job], [attempt]] = [named('POST /graphql'), named('generate_content default'), named('POST')];
    expect(request).toMatchObject({ kind: SpanKind.SERVER, parentSpanContext: undefined });
    expect(job).toMatchObject({
      kind: SpanKind.CONSUMER,
      parentSpanContext: { spanId: request?.spanContext().spanId },
    });
    expect(attempt).toMatchObject({ kind: SpanKind.CLIENT, parentSpanContext: { spanId: job?.spanContext().spanId } });
    expect(request?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'graphql.operation.type': 'mutation',
      'tintype.job.id': job?.attributes['tintype.job.id'],
    });
    expect(job?.attributes).toMatchObject({
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.output.type': 'image',
      'gen_ai.request.seed': 7,
      'tintype.endpoint.name': 'default',
      'tintype.job.status': 'SUCCEEDED',
    });
    expect(attempt?.attributes).toEqual({ 'http.request.method': 'POST', 'http.response.status_code': 200 });
  });

  test("belongs to the caller's trace", async () => {
    const { spans, named } = startSdk();
    const endpoint = await stubEndpoint();
    const { url, graphql } = await testGateway(endpoint.url);
    const { data } = await graphql(generateImage, { input }, fromCaller);
    await fetch(String(data['generateImage']?.['url']), fromCaller);
    await expect.poll(() => named('GET /images/:id')).toHaveLength(1);
    expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
    expect(url).toBeDefined();
  });

  test('belongs to the span of an HTTP server that is traced by itself', async () => {
    const { named } = startSdk();
    const { gateway } = await testGateway('http://127.0.0.1:9');
    await trace.getTracer('server').startActiveSpan('server', async (span) => {
      await gateway.fetch(new Request('http://127.0.0.1/none', fromCaller));
      span.end();
    });
    const [[outer], [inner]] = [named('server'), named('GET unknown')];
    expect(inner).toMatchObject({
      kind: SpanKind.INTERNAL,
      parentSpanContext: { spanId: outer?.spanContext().spanId },
    });
  });

  test('each attempt says how it went, and the job that the endpoint was not up', async () => {
    const { named } = startSdk();
    const endpoint = await stubEndpoint((call, response, calls) =>
      calls.length === 1 ? answerJson(response, 503, { error: 'starting' }) : answerImage(call, response, calls),
    );
    const { graphql } = await testGateway(endpoint.url);
    await graphql(generateImage, { input });
    expect(named('POST').map(({ attributes, status }) => [attributes, status.code])).toEqual([
      [{ 'http.request.method': 'POST', 'http.response.status_code': 503, 'error.type': '503' }, SpanStatusCode.ERROR],
      [
        { 'http.request.method': 'POST', 'http.request.resend_count': 1, 'http.response.status_code': 200 },
        SpanStatusCode.UNSET,
      ],
    ]);
    await expect
      .poll(() => named('generate_content default')[0]?.events)
      .toMatchObject([{ name: 'tintype.job.waiting', attributes: { 'http.response.status_code': 503 } }]);
  });

  test.for([
    [
      'an answer that is no image',
      () => stubEndpoint((_, response) => answerJson(response, 200, {})),
      'image_missing',
      'invalid_response',
    ],
    ['nobody there', async () => ({ url: 'http://127.0.0.1:9' }), 'ECONNREFUSED', 'network'],
  ] as const)('a job that fails for %s is an error, by its code', async ([, open, attemptType, jobType]) => {
    const { named } = startSdk();
    const { graphql } = await testGateway((await open()).url);
    await graphql(generateImage, { input });
    await expect.poll(() => named('generate_content default')[0]?.attributes['error.type']).toBe(jobType);
    expect(named('POST')[0]?.attributes['error.type']).toBe(attemptType);
    for (const name of ['POST', 'generate_content default']) {
      expect(named(name)[0]?.status.code).toBe(SpanStatusCode.ERROR);
    }
  });

  test('the trace goes with the job to the process that runs it', async () => {
    const { named } = startSdk();
    const database = path.join(temporaryDirectory(), 'tintype.db');
    const endpoint = await stubEndpoint(() => undefined);
    const open = async () => testGateway(endpoint.url, { jobStore: createSqliteJobStore(database) });
    const first = await open();
    const enqueue = 'mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { ... on Job { id } } }';
    for (let count = 0; count < 2; count += 1) await first.graphql(enqueue, { input }, fromCaller);
    await expect.poll(() => endpoint.calls.length).toBe(1);
    await first.gateway.close();
    endpoint.handler = answerImage;
    await open();
    // The one in flight twice, the queued one once.
    await expect.poll(() => named('generate_content default')).toHaveLength(3);
    const requests = named('POST /graphql').map((span) => span.spanContext().spanId);
    for (const job of named('generate_content default')) {
      expect(job.spanContext().traceId).toBe(traceId);
      expect(requests).toContain(job.parentSpanContext?.spanId);
    }
    const dispatches = named('generate_content default').map(({ attributes }) => attributes['tintype.job.dispatches']);
    expect(dispatches.filter((count) => count === 2)).toHaveLength(1);
  });

  test('a repeated request links to the trace of the job it leads to', async () => {
    const { named } = startSdk();
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url);
    const keyed = { input: { ...input, idempotencyKey: 'one' } };
    await graphql(generateImage, keyed, fromCaller);
    await graphql(generateImage, keyed);
    await expect.poll(() => named('POST /graphql')).toHaveLength(2);
    const links = (span: { readonly links: readonly Link[] } | undefined) =>
      span?.links.map((link) => link.context.traceId);
    expect(named('POST /graphql').map(links)).toEqual([[], [traceId]]);
  });

  test('spans hold no prompt, key, token or address, unless prompts are asked for', async () => {
    const { spans } = startSdk();
    const endpoint = await stubEndpoint();
    const keys = { apiKeys: [{ name: 'shop', key: 'a-very-secret-key' }] };
    const ask = async (options: object) => {
      const { graphql } = await testGateway(endpoint.url, { ...keys, ...options });
      const headers = { authorization: 'Bearer a-very-secret-key' };
      const { data } = await graphql(generateImage, { input }, { headers });
      await fetch(String(data['generateImage']?.['url']));
      await expect.poll(() => spans().filter(({ name }) => name === 'GET /images/:id')).not.toHaveLength(0);
      return JSON.stringify(spans().map(({ name, attributes, events }) => [name, attributes, events]));
    };
    const { host } = new URL(endpoint.url);
    const quiet = await ask({});
    for (const secret of ['secret', 'hf_endpoint', host, 'img_']) expect(quiet).not.toContain(secret);
    expect(await ask({ tracePrompts: true })).toContain('a secret red fox');
  });

  test('probes make no spans', async () => {
    const { spans } = startSdk();
    const { url } = await testGateway('http://127.0.0.1:9');
    for (const probe of ['/health', '/ready', '/metrics']) await fetch(url + probe);
    expect(spans()).toEqual([]);
  });
});

test('without an SDK nothing listens to the client, and jobs have no trace', async () => {
  const endpoint = await stubEndpoint();
  const jobStore = createSqliteJobStore(':memory:');
  const { graphql } = await testGateway(endpoint.url, { jobStore });
  await graphql(generateImage, { input }, fromCaller);
  expect(tracingChannel('tintype:attempt').hasSubscribers).toBe(false);
  const { items } = await jobStore.jobs({ owner: 'anonymous', first: 1 });
  expect(items[0]).toMatchObject({ status: 'SUCCEEDED' });
  expect(items[0]).not.toHaveProperty('trace');
});
