import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createLocalGuard,
  dialectOf,
  preferredResponse,
  type GuardedRequest,
  type LocalGuard,
} from '@tintype/core/server';
import { toHttpError } from './to-http-error.ts';
import { drawImage } from './draw-image.ts';
import type { EndpointEffects } from './endpoint-effects.ts';
import type { EndpointOptions } from './endpoint-options.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { authorize } from './authorize.ts';
import { checkStrictMediaTypes } from './check-strict-media-types.ts';
import { sendEvent, wantsEvents } from './event-stream.ts';
import { HttpError } from './http-error.ts';
import { readJsonBody } from './read-body.ts';
import { readDrawRequest } from './read-draw-request.ts';
import { respondError, respondImage, respondText } from './respond.ts';
import type { ModelCard } from '../pipeline/model-card.ts';
import { FifoQueue, QueueFullError } from './fifo-queue.ts';
import { requestLimits } from './request-limits.ts';
import type { ServingState } from './serving-state.ts';
import type { LastingWorker } from '../worker/lasting-worker.ts';

export interface RequestHandlerOptions {
  readonly options: EndpointOptions;
  readonly effects: EndpointEffects;
  readonly worker: LastingWorker;
  readonly state: ServingState;
  readonly faults: FaultPlan;
  /** Aborted when the endpoint closes. */
  readonly closing: AbortSignal;
}

/** nginx's status for a client that left before its response; it is only ever logged. */
const clientLeft = 499;
const defaultQueueLimit = 16;

interface Exchange {
  readonly id: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the client leaves or the endpoint closes. */
  readonly signal: AbortSignal;
}

/** Responds to the endpoint's requests. */
export class RequestHandler {
  readonly #setup: RequestHandlerOptions;
  readonly #queue: FifoQueue;
  readonly #guard: LocalGuard;
  #lastId = 0;
  #lastDrawMs = 1000;

  constructor(setup: RequestHandlerOptions) {
    this.#setup = setup;
    this.#queue = new FifoQueue(setup.options.queueLimit ?? defaultQueueLimit);
    // Without a token the endpoint listens on loopback only.
    this.#guard = createLocalGuard({ protection: setup.options.token === undefined ? 'local' : 'token' });
  }

  /** Responds to one request; settles when the response is sent or the client has left. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { effects, closing, options } = this.#setup;
    const id = ++this.#lastId;
    const startedAt = effects.now();
    const leaving = new AbortController();
    const closed = new Promise<void>((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished) leaving.abort(new Error('The client has left.'));
        resolve();
      });
    });
    let failure: HttpError | undefined;
    try {
      await this.#route({ id, request, response, signal: AbortSignal.any([leaving.signal, closing]) });
    } catch (error) {
      failure = closing.aborted ? shuttingDown() : toHttpError(error);
      if (!leaving.signal.aborted) respondError(response, failure);
    }
    await closed;
    options.onEvent?.({
      type: 'request',
      requestId: id,
      method: request.method ?? '',
      path: pathOf(request),
      status: leaving.signal.aborted ? clientLeft : (failure?.status ?? response.statusCode),
      durationMs: effects.now() - startedAt,
      ...(failure === undefined || leaving.signal.aborted ? {} : { error: failure.message }),
    });
  }

  async #route(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const refusal = this.#guard(guardedFacts(request));
    if (refusal !== undefined) throw HttpError.of(refusal);
    const path = pathOf(request);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const allowed = routes[path];
    if (allowed === undefined) {
      throw new HttpError(404, `There is no ${path.slice(0, 100)} here. Images are drawn by POST / or POST /predict.`);
    }
    if (method === undefined || !allowed.includes(method)) {
      const allow = allowed.join(', ');
      throw new HttpError(405, `${path} does not take ${request.method ?? 'this'}. Use ${allow}.`, { allow });
    }
    const { authorization: header } = request.headers;
    authorize({ header, token: this.#setup.options.token, optional: method === 'GET' });
    if (method === 'POST') return this.#predict(exchange);
    if (path === '/metrics') {
      respondText(response, `inf_batch_current_size ${this.#queue.running}\ninf_queue_size ${this.#queue.waiting}\n`);
      return;
    }
    await this.#serving(exchange);
    respondText(response, 'Ok');
  }

  async #predict(exchange: Exchange): Promise<void> {
    const { id, request, response, signal } = exchange;
    const { worker, effects, options, faults } = this.#setup;
    const card = await this.#serving(exchange);
    await faults.befall(signal);
    if (options.strict === true) checkStrictMediaTypes(request.headers);
    const { accept, 'user-agent': userAgent } = request.headers;
    const body = await readJsonBody(request);
    const dialect = dialectOf(body, { accept, userAgent });
    const asked = readDrawRequest({
      body,
      dialect,
      limits: requestLimits(card, options.limits),
      defaults: card.defaults,
    });
    const kind = {
      format: options.format ?? 'png',
      ...preferredResponse({ accept, prefersBytes: dialect === 'parameters' }),
      ...(wantsEvents(accept) ? { as: 'events' as const } : {}),
    };
    const seed = asked.seed ?? effects.randomSeed();
    const image = await this.#inTurn(async () => {
      const startedAt = effects.now();
      const finished = await drawImage({
        worker,
        card,
        request: asked,
        seed,
        format: kind.format,
        signal,
        onStep: (done, total) => {
          options.onEvent?.({ type: 'progress', requestId: id, done, total });
          if (kind.as === 'events' && !signal.aborted) sendEvent(response, { type: 'step', step: done, steps: total });
        },
      });
      this.#lastDrawMs = effects.now() - startedAt;
      const { size, nativeSize } = finished;
      options.onEvent?.({ type: 'drawn', requestId: id, seed, size, nativeSize, durationMs: this.#lastDrawMs });
      return finished;
    }, signal);
    respondImage(response, { image, seed, kind });
  }

  async #serving({ request, signal }: Exchange): Promise<ModelCard> {
    const hold = request.headers['x-scale-up-timeout'];
    return this.#setup.state.serving(Array.isArray(hold) ? hold[0] : hold, signal);
  }

  async #inTurn<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    try {
      return await this.#queue.run(task, signal);
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      const seconds = Math.max(1, Math.ceil((this.#lastDrawMs * this.#queue.waiting) / 1000));
      throw new HttpError(
        503,
        `The endpoint is busy: one image is being drawn and ${this.#queue.waiting} more are waiting. Try again in about ${seconds} s.`,
        { 'retry-after': String(seconds) },
      );
    }
  }
}

const routes: Readonly<Record<string, readonly string[]>> = {
  '/': ['GET', 'POST'],
  '/predict': ['POST'],
  '/health': ['GET'],
  '/metrics': ['GET'],
};

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  return path.replace(/\/+$/, '') || '/';
}

function guardedFacts({ method = '', headers }: IncomingMessage): GuardedRequest {
  const site = headers['sec-fetch-site'];
  return { method, host: headers.host, origin: headers.origin, secFetchSite: Array.isArray(site) ? site[0] : site };
}

function shuttingDown(): HttpError {
  return new HttpError(503, 'The endpoint is shutting down.', { connection: 'close' });
}
