import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isLoopbackHost } from '@tintype/core/server';
import { systemEffects, type EndpointEffects } from './endpoint-effects.ts';
import type { EndpointOptions } from './endpoint-options.ts';
import { FaultPlan } from '../faults/fault-plan.ts';
import type { ModelCard } from '../pipeline/model-card.ts';
import { readModelFolder } from '../pipeline/read-model-folder.ts';
import { RequestHandler } from './request-handler.ts';
import { ServingState } from './serving-state.ts';
import { LastingWorker } from '../worker/lasting-worker.ts';

/** A served model. */
export interface Endpoint {
  /**
   * Opens the port and begins to load the model; requests get 503 until it is loaded.
   *
   * @throws ModelError if the model folder cannot be served; the port is not opened then
   * @throws Error if the port cannot be opened
   */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Settles once the model is loaded. @throws ModelError if it cannot be */
  ready(): Promise<ModelCard>;
  /** Stops: the image being drawn ends before its next step, and requests that still wait get 503. */
  close(): Promise<void>;
}

/** How long a response may still take to reach its client when the endpoint closes. */
const partingMs = 2000;
/** Longer than clients usually keep an idle connection, so that they, not we, end it. */
const keepAliveMs = 65_000;
const tinyModel = fileURLToPath(new URL('../../models/tintype-tiny/', import.meta.url));

/**
 * Serves a diffusion model as the Inference API: `POST /` with a prompt, a size and a guidance scale gets
 * `{"image": "<base64>"}`.
 *
 * @param options - everything may be left out: the tiny model on 127.0.0.1:8080
 * @throws RangeError if an option makes no sense, or if an address other than loopback has no token
 * @example
 * const endpoint = createEndpoint({ port: 0 });
 * const { url } = await endpoint.listen();
 * await endpoint.ready();
 * const response = await fetch(url, {
 *   method: 'POST',
 *   headers: { 'content-type': 'application/json' },
 *   body: JSON.stringify({ inputs: 'a fox in the snow at night', width: 256, height: 256, guidance_scale: 7.5 }),
 * });
 * const { image } = await response.json();
 * await endpoint.close();
 */
export function createEndpoint(options: EndpointOptions = {}, effects: EndpointEffects = systemEffects): Endpoint {
  const { model = tinyModel, host = '127.0.0.1', port = 8080, threads, onEvent } = options;
  refuseOpenDoors(options.token, host);
  const faults = new FaultPlan(options, effects);
  const closing = new AbortController();
  const ready = Promise.withResolvers<ModelCard>();
  // Whoever waits for it hears of a failure; nobody has to.
  ready.promise.catch(() => undefined);
  const exchanges = new Set<Promise<void>>();
  let running: { readonly server: Server; readonly worker: LastingWorker } | undefined;

  async function listen(): Promise<{ readonly url: string; readonly port: number }> {
    if (running !== undefined || closing.signal.aborted)
      throw new Error('An endpoint listens only once: create another.');
    await readModelFolder(model);
    const server = createServer();
    server.keepAliveTimeout = keepAliveMs;
    const bound = await open(server, host, port);
    const state = new ServingState({ faults, effects });
    const load = (loaded: Promise<ModelCard>): void => {
      state.load(loaded);
      void announce(loaded, effects.now());
    };
    const worker = new LastingWorker({ model, threads }, ({ message, successor }) => {
      onEvent?.({ type: 'thread-lost', message, isStartedAgain: successor !== undefined });
      if (successor === undefined) state.fail(message);
      else load(successor.loaded);
    });
    running = { server, worker };
    const handler = new RequestHandler({ options, effects, worker, state, faults, closing: closing.signal });
    server.on('request', (request, response) => {
      const exchange = handler.handle(request, response).finally(() => exchanges.delete(exchange));
      exchanges.add(exchange);
    });
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
    onEvent?.({ type: 'listening', url });
    load(worker.loaded);
    return { url, port: bound };
  }

  async function announce(loaded: Promise<ModelCard>, startedAt: number): Promise<void> {
    try {
      const card = await loaded;
      onEvent?.({ type: 'model-loaded', model: card, durationMs: effects.now() - startedAt });
      ready.resolve(card);
    } catch (error) {
      onEvent?.({ type: 'model-failed', message: error instanceof Error ? error.message : String(error) });
      ready.reject(error);
    }
  }

  async function close(): Promise<void> {
    closing.abort();
    ready.reject(new Error('The endpoint was closed.'));
    if (running === undefined) return;
    const { server, worker } = running;
    const stopped = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    const enough = new AbortController();
    await Promise.race([Promise.allSettled(exchanges), effects.sleep(partingMs, enough.signal).catch(() => undefined)]);
    enough.abort();
    server.closeAllConnections();
    await Promise.all([stopped, worker.close()]);
  }

  return { listen, ready: async () => ready.promise, close };
}

function refuseOpenDoors(token: string | undefined, host: string): void {
  if (token !== undefined && token.trim() === '') {
    throw new RangeError('token must not be blank. Leave it out to accept any token on loopback.');
  }
  if (token === undefined && !isLoopbackHost(host)) {
    throw new RangeError(
      `Listening on ${host} needs a token: others can reach this address. Give one, or listen on 127.0.0.1.`,
    );
  }
}

async function open(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'EADDRINUSE'
        ? `Port ${port} on ${host} is in use. Choose another, or 0 for any free one.`
        : `Port ${port} on ${host} could not be opened: ${error.message}.`;
    reject(new Error(reason, { cause: error }));
  });
  server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  return promise;
}
