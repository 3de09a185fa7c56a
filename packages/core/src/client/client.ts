import type { ImageRequest } from '../contract/image-request.ts';
import { requestChecker } from '../contract/request-checker.ts';
import { BufferSink } from '../decode/buffer-sink.ts';
import type { ImageHead, ImageSink } from '../decode/image-sink.ts';
import { expectedImageBytes } from '../decode/response-body.ts';
import { ViewSink } from '../decode/view-sink.ts';
import { ImageError } from '../errors/image-error.ts';
import { GeneratedImage, type ImageFacts } from '../image/generated-image.ts';
import type { ClientEvent } from '../observe/client-event.ts';
import { retryPolicy } from '../retry/retry-policy.ts';
import { type BatchResult, repeated, runBatch } from './batch.ts';
import { runCall } from './call.ts';
import { linkAbort } from './deadlines.ts';
import type { Effects, Engine } from './engine.ts';
import type { ResponseHeaders } from './exchange.ts';
import { Limiter } from './limiter.ts';
import {
  callConcurrency,
  chosenProtocol,
  type CallOverrides,
  cleanToken,
  type CommonClientOptions,
  endpointUrl,
  imageBytesLimit,
  timeouts,
} from './options.ts';
import { ImageStream, PieceQueue } from './stream.ts';
import { type Readiness, waitUntilReady } from './wake.ts';

/** What one batch may decide for itself; times and counts hold for each of its images. */
export interface BatchOptions extends CallOverrides {
  /** How many images of each request. @default 1 */
  readonly copies?: number | undefined;
}

/** A client for one endpoint. Thread-safe to share; make one and keep it. */
export interface ImageClient {
  /**
   * Makes one image and holds it in memory.
   *
   * @throws {ImageError} with any code; `invalid_request` before anything is sent.
   * @example
   * const image = await client.generate({ prompt: 'a red fox', width: 512, height: 512 });
   * image.mediaType; // image/png
   */
  generate(request: ImageRequest, options?: CallOverrides): Promise<GeneratedImage>;
  /**
   * Makes one image and hands it on as it arrives; settles with its first bytes. Once they are handed out, a broken
   * connection ends the iteration with an error: a repeat would be another image.
   *
   * @throws {ImageError} as `generate` does.
   */
  stream(request: ImageRequest, options?: CallOverrides): Promise<ImageStream>;
  /**
   * Makes many images, as many at a time as the client's `concurrency` allows; yields each when it is done. When the
   * signal aborts, those under way are yielded as `aborted` and no other request is taken.
   *
   * @example
   * for await (const result of client.batch([{ prompt: 'a red fox' }], { copies: 4 })) {
   *   if (result.status === 'fulfilled') console.log(result.index, result.image.width);
   * }
   */
  batch(
    requests: Iterable<ImageRequest> | AsyncIterable<ImageRequest>,
    options?: BatchOptions,
  ): AsyncGenerator<BatchResult, void>;
  /**
   * Wakes the endpoint where it sleeps, and settles when it can be asked for images. Costs no image.
   *
   * @throws {ImageError} `unauthorized`, `endpoint_paused`, `endpoint_failed`; `endpoint_unavailable` or `overloaded` where
   * it does not wake in time; `timeout` where it says nothing; `network`, `aborted`.
   */
  waitUntilReady(options?: CallOverrides): Promise<Readiness>;
}

/** What more a platform's own calls need. */
export interface ClientInside {
  readonly client: ImageClient;
  /** Runs a call to any sink. */
  readonly run: (request: ImageRequest, options: CallOverrides, sink: SinkChoice) => Promise<ImageFacts>;
}

export interface SinkChoice {
  readonly openSink: (headers: ResponseHeaders) => ImageSink;
  readonly onHead?: (head: ImageHead) => void;
  readonly isRepeatable: () => boolean;
  readonly stopWith?: AbortSignal;
}

/** Puts a client together from its options and what it does to the world. */
export function assembleClient(options: CommonClientOptions, effects: Effects): ClientInside {
  const endpoint = endpointUrl(options.endpoint);
  const token = cleanToken(options.token);
  const { addedSecrets } = effects;
  const engine: Engine = {
    effects,
    endpoint,
    protocol: chosenProtocol(options),
    model: options.model,
    token,
    secrets: [...(token === undefined ? [] : [token]), ...(addedSecrets ?? []), ...endpoint.searchParams.values()],
    sendsToken: token !== undefined || addedSecrets !== undefined,
    timeouts: timeouts(options.timeout),
    retry: retryPolicy(options.retry),
    maxImageBytes: imageBytesLimit(options.maxImageBytes),
    limiter: new Limiter(callConcurrency(options.concurrency)),
    emit: quiet(options.onEvent),
  };
  const { tools, ownsChunks } = effects;
  const check = requestChecker({ defaults: options.defaults, limits: options.limits });
  let calls = 0;

  const run: ClientInside['run'] = async (request, overrides, sink) => {
    const checked = check(request);
    if (!checked.ok) throw new ImageError({ code: 'invalid_request', facts: { issues: checked.issues } });
    calls += 1;
    const call = calls;
    const signal = sink.stopWith ?? overrides.signal;
    return effects.trace(
      'generate',
      { call },
      async () =>
        runCall({ engine: forCall(engine, options, overrides), call, request: checked.request, signal, ...sink }),
      ({ mediaType, width, height, attempts }) => ({ mediaType, width, height, attempts }),
    );
  };

  const generate: ImageClient['generate'] = async (request, overrides = {}) => {
    let sink: BufferSink | undefined;
    const facts = await run(request, overrides, {
      openSink: (headers) => (sink = new BufferSink(tools, expectedImageBytes(headers, engine.maxImageBytes))),
      isRepeatable: () => true,
    });
    return new GeneratedImage({
      ...facts,
      bytes: sink?.bytes ?? new Uint8Array(0),
      encode: (bytes) => tools.encodeBase64(bytes),
    });
  };

  const stream: ImageClient['stream'] = async (request, overrides = {}) => {
    const stop = new AbortController();
    const pieces = new PieceQueue(() => stop.abort(new Error('The consumer left the stream.')));
    const unlink = linkAbort(overrides.signal, stop);
    return new Promise<ImageStream>((settle, fail) => {
      let hasBegun = false;
      const finished = run(request, overrides, {
        stopWith: stop.signal,
        isRepeatable: () => !hasBegun,
        onHead: (head) => {
          hasBegun = true;
          settle(new ImageStream(head, pieces, finished));
        },
        openSink: () =>
          new ViewSink({
            tools,
            inPlace: ownsChunks,
            onView: (view) => pieces.push(view),
            drained: () => pieces.drained(),
          }),
      }).finally(unlink);
      finished.then(
        () => pieces.end(),
        (error: unknown) => {
          pieces.end({ error });
          fail(error);
        },
      );
    });
  };

  const batch: ImageClient['batch'] = (requests, overrides = {}) => {
    const { copies = 1, signal, ...rest } = overrides;
    return runBatch({
      requests: repeated(requests, copies),
      width: engine.limiter.limit,
      signal,
      generate: async (request, stop) => generate(request, { ...rest, signal: stop }),
    });
  };

  return {
    run,
    client: {
      generate,
      stream,
      batch,
      waitUntilReady: async (overrides = {}) => waitUntilReady(forCall(engine, options, overrides), overrides.signal),
    },
  };
}

/** The engine with what one call decides for itself. */
function forCall(engine: Engine, options: CommonClientOptions, overrides: CallOverrides): Engine {
  const { timeout, retry } = overrides;
  const own = quiet(overrides.onEvent);
  if (timeout === undefined && retry === undefined && own === undefined) return engine;
  return {
    ...engine,
    timeouts: timeouts(options.timeout, timeout),
    retry: retryPolicy(options.retry, retry),
    emit:
      own === undefined
        ? engine.emit
        : (event) => {
            engine.emit?.(event);
            own(event);
          },
  };
}

/** A listener that cannot do harm: an error in it must not lose an image that is paid for. */
function quiet(listen: ((event: ClientEvent) => void) | undefined): ((event: ClientEvent) => void) | undefined {
  if (listen === undefined) return undefined;
  return (event) => {
    try {
      listen(event);
    } catch {
      // Documented at `onEvent`.
    }
  };
}
