import { createLocalGuard, isLoopbackHost, type LocalGuard } from '@tintype/core/server';
import type { GraphQLSchema } from 'graphql';
import { createRouter } from '../http/router.ts';
import { upkeepPaths } from '../http/upkeep-paths.ts';
import { createImageAddresses, type ImageAddresses } from '../images/image-addresses.ts';
import { createImageCache } from '../images/image-cache.ts';
import type { JobEngine } from '../jobs/job-engine.ts';
import { GatewayClosing } from '../jobs/stop-reasons.ts';
import { schema } from '../schema/schema.ts';
import { ConfigurationError } from './configuration-error.ts';
import { createAuthenticate } from './authenticate.ts';
import { createEngine } from './create-engine.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { createGatewayServices } from './gateway-services.ts';
import { createListener, type Listening } from './listen.ts';
import { createLog } from './log.ts';
import type { AnswerFacts } from './metrics.ts';
import { createMistakeLog } from './mistake-log.ts';
import { createReadiness } from './readiness.ts';
import { resolveOptions, type ResolvedOptions } from './resolve-options.ts';
import { startSweeper } from './sweeper.ts';

/** A running gateway. Its jobs run from the moment it is made. */
export interface Gateway {
  /**
   * Answers a request: for servers of your own, such as Hono's `app.mount('/', gateway.fetch)`.
   * Call `close()` when that server ends.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly schema: GraphQLSchema;
  /**
   * Serves over HTTP at the options' host and port.
   *
   * @throws ConfigurationError - others could reach the gateway, and no keys are set.
   * @throws Error - Node's own, such as EADDRINUSE for a port that is taken.
   */
  listen(): Promise<Listening>;
  /** Takes no more, lets running jobs end for a while, hands the rest back to the store, and frees everything. */
  close(): Promise<void>;
}

/**
 * Puts a GraphQL gateway before an inference endpoint. Jobs and images live in a directory; what an earlier run left there
 * is taken up again. With `redisUrl`, any number of gateways and workers share the jobs.
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
  const { engine, parts, metrics } = createEngine({ options, settings, log });
  const images = createImageCache(engine.imageStore, { maxBytes: settings.memoryForImages });
  const addresses = createAddresses(engine, settings);
  engine.events.onDeleted((id) => {
    images.forget(id);
    addresses?.forget(id);
  });
  const closing = new AbortController();
  const services = createGatewayServices({
    engine,
    endpoint: { name: settings.endpoint.name, rules: settings.endpoint.rules },
    images,
    addresses,
    waitMs: settings.wait,
    closing: closing.signal,
    queueLimit: settings.queueLimit,
    rateLimiter: parts.rateLimiter,
    abandonAfterMs: settings.abandonAfter,
  });

  // Whoever asks for readiness is told; no one else waits for it.
  let isTakenUp = false;
  const started = parts.start(engine, closing.signal).then(
    () => {
      isTakenUp = true;
    },
    (error: unknown) => engine.observer.failed('What the last run left could not be taken up.', error),
  );
  const sweeper = startSweeper({ engine, ...settings, sweepInTurn: async (...turn) => parts.sweepInTurn(...turn) });

  const router = createRouter({
    services,
    metrics,
    isWorker: settings.role === 'worker',
    authenticate: createAuthenticate(settings.apiKeys),
    publicUrl: settings.publicUrl,
    corsOrigins: settings.corsOrigins,
    graphiql: options.graphiql,
    introspection: settings.introspection,
    notReady: createReadiness({ engine, log, closing: closing.signal, isTakenUp: () => isTakenUp }),
    onAnswer: (answer) => {
      metrics.answered(answer);
      log[isRoutine(answer) ? 'debug' : 'info'](answer, 'request');
    },
    onMistake: createMistakeLog(log),
  });
  const guard = createGuard(settings);
  const listener = createListener(settings, async (request) => router.handle(request, guard));

  async function close(): Promise<void> {
    closing.abort();
    await sweeper.stop();
    await started;
    const reason = new GatewayClosing('The gateway is going down.');
    await Promise.all([listener.close(settings.drain), engine.queue.close({ drainMs: settings.drain, reason })]);
    await router.dispose();
    await engine.client.close();
    await parts.close();
    engine.tracing.close();
  }

  let closed: Promise<void> | undefined;
  return {
    fetch: async (request) => asNative(await router.handle(request)),
    schema,
    async listen() {
      await refuseWrongStore(engine);
      return listener.listen();
    },
    close: async () => (closed ??= close()),
  };
}

function createAddresses({ imageStore }: JobEngine, { serveImages }: ResolvedOptions): ImageAddresses | undefined {
  return serveImages === 'redirect' ? createImageAddresses(imageStore) : undefined;
}

/**
 * A store with wrong settings would cost the first image. One that is out of reach for now comes back; until then the
 * gateway is not ready.
 */
async function refuseWrongStore({ imageStore, observer }: JobEngine): Promise<void> {
  try {
    await imageStore.check();
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    observer.failed('The store of images cannot be used.', error);
  }
}

/** Asked every few seconds, they would be all that the log holds. */
function isRoutine({ route, status }: AnswerFacts): boolean {
  return upkeepPaths.has(route) && status < 400;
}

/** The gateway's own server sends the library's kind of answer faster; other servers look for the platform's. */
function asNative(response: Response): Response {
  const { body, status, statusText, headers } = response;
  return response instanceof Response ? response : new Response(body, { status, statusText, headers: [...headers] });
}

/** Without keys, what keeps others out is that they cannot reach the address. */
function createGuard({ host, apiKeys, allowAnonymous, publicUrl, corsOrigins }: ResolvedOptions): LocalGuard {
  const open = isLoopbackHost(host) && !allowAnonymous ? 'local' : 'none';
  return createLocalGuard({
    protection: apiKeys.length > 0 ? 'token' : open,
    publicUrl,
    allowedOrigins: corsOrigins,
  });
}
