import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { createRouter } from '../http/router.ts';
import { createDiskImageStore } from '../images/disk-image-store.ts';
import { createPictureCache } from '../images/picture-cache.ts';
import { createCoreEndpointClient } from '../jobs/core-endpoint-client.ts';
import { createFairJobQueue } from '../jobs/fair-job-queue.ts';
import type { JobEngine } from '../jobs/job-engine.ts';
import { createJobEvents } from '../jobs/job-events.ts';
import { adoptImages, recoverJobs } from '../jobs/recover-jobs.ts';
import { runJob } from '../jobs/run-job.ts';
import { GatewayClosing } from '../jobs/stop-reasons.ts';
import { schema } from '../schema/schema.ts';
import { createSqliteJobStore } from '../sqlite/sqlite-job-store.ts';
import { createAuthenticate } from './authenticate.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { createGatewayServices } from './gateway-services.ts';
import { createListener, type Listening } from './listen.ts';
import { createLog } from './log.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { resolveOptions, type ResolvedOptions } from './resolve-options.ts';

/** A running gateway. Its jobs run from the moment it is made. */
export interface Gateway {
  /**
   * Answers a request: for servers of your own, such as Hono's `app.mount('/', gateway.fetch)`.
   * Call `close()` when that server ends.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly schema: GraphQLSchema;
  /** Serves over HTTP at the options' host and port. @throws ConfigurationError, or Node's error for a port that is taken. */
  listen(): Promise<Listening>;
  /** Takes no more, lets running jobs end for a while, hands the rest back to the store, and frees everything. */
  close(): Promise<void>;
}

/**
 * Puts a GraphQL gateway before an inference endpoint. Jobs and pictures live in a directory; what an earlier run left there
 * is taken up again.
 *
 * @throws ConfigurationError - naming every option that cannot be taken.
 * @throws StoreError - the store is damaged or in use.
 * @example
 * const gateway = createGateway({ endpoint: { url: 'https://…endpoints.huggingface.cloud', token: process.env.HF_TOKEN } });
 * const { url } = await gateway.listen();
 * console.log(`${url}/graphql`);
 */
export function createGateway(options: GatewayOptions): Gateway {
  const settings = resolveOptions(options);
  const log = createLog(options.log);
  const closing = new AbortController();
  const engine = createEngine(options, settings, log);
  const services = createGatewayServices({
    engine,
    endpoint: { name: settings.endpoint.name, rules: settings.endpoint.rules },
    pictures: createPictureCache(engine.imageStore, { maxBytes: settings.memoryForPictures }),
    waitMs: settings.wait,
    closing: closing.signal,
    queueLimit: settings.queueLimit,
    rateLimiter: createRateLimiter(settings.rateLimit),
    abandonAfterMs: settings.abandonAfter,
  });
  const started = start(engine, settings).catch((error: unknown) => {
    log.error({ err: error }, 'What the last run left could not be taken up.');
    throw error;
  });
  // Whoever asks for readiness is told; no one else waits for it.
  started.catch(() => undefined);

  const router = createRouter({
    services,
    authenticate: createAuthenticate(settings.apiKeys),
    publicUrl: settings.publicUrl,
    graphiql: settings.graphiql,
    introspection: settings.introspection,
    notReady: async () => {
      if (closing.signal.aborted) return 'The gateway is going down.';
      try {
        await started;
        await engine.jobStore.check();
        await engine.imageStore.check();
        return undefined;
      } catch (error) {
        log.error({ err: error }, 'The store cannot be used.');
        return 'The store cannot be used.';
      }
    },
    onMistake: (error, requestId) => log.error({ err: error, requestId }, 'A request met a mistake in the gateway.'),
  });
  const listener = createListener(settings, async (request) => router.handle(request));

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    closing.abort();
    await started.catch(() => undefined);
    const reason = new GatewayClosing('The gateway is going down.');
    await Promise.all([listener.close(settings.drain), engine.queue.close({ drainMs: settings.drain, reason })]);
    await router.dispose();
    await engine.client.close();
    await engine.jobStore.close();
  }

  return {
    fetch: async (request) => router.handle(request),
    schema,
    listen: async () => listener.listen(),
    close: async () => (closed ??= close()),
  };
}

function createEngine(
  options: GatewayOptions,
  settings: ResolvedOptions,
  log: ReturnType<typeof createLog>,
): JobEngine {
  const { endpoint, concurrency, concurrencyPerOwner } = settings;
  return {
    jobStore: options.jobStore ?? createSqliteJobStore(path.join(settings.store, 'tintype.db')),
    imageStore: options.imageStore ?? createDiskImageStore(path.join(settings.store, 'images')),
    queue: createFairJobQueue({ concurrency, concurrencyPerOwner }),
    events: createJobEvents(),
    client: createCoreEndpointClient({
      endpoint: endpoint.url,
      token: endpoint.token,
      timeout: endpoint.timeout,
      retry: endpoint.retry,
      concurrency,
    }),
    observer: {
      changed: ({ id, owner, status, failure }) =>
        log.info({ job: id, owner, status, ...(failure === undefined ? {} : { code: failure.code }) }, 'job'),
      stored: () => undefined,
      failed: (what, error) => log.error({ err: error }, what),
    },
    now: Date.now,
    sleep: async (ms) => sleep(ms),
  };
}

async function start(engine: JobEngine, { onInterrupted }: ResolvedOptions): Promise<void> {
  await recoverJobs(engine, onInterrupted);
  engine.queue.start(async (jobId, signal) => runJob(engine, jobId, signal));
  await adoptImages(engine);
}
