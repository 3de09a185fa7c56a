import type { Agent, Dispatcher } from 'undici';
import type { Exchange } from '../../client/exchange.ts';
import { NetworkFailure, toNetworkFailure } from '../../retry/network-failure.ts';
import { ChunkMemory } from './chunk-memory.ts';

export interface UndiciExchangeOptions {
  /** The caller's own dispatcher (a proxy, mTLS, a mock); never closed by us. */
  readonly dispatcher: Dispatcher | undefined;
  /** Most images at a time, for the own agent. */
  readonly connections: number;
  /** In milliseconds, for the own agent. */
  readonly connectTimeoutMs: number;
}

export interface UndiciExchange {
  readonly exchange: Exchange;
  /** Whether the chunks it delivers are nobody else's and may be overwritten. */
  readonly ownsChunks: boolean;
  close(): Promise<void>;
}

/** Below this, a reset on a used connection means that the other side had closed it before the request came. */
const staleWithinMs = 1000;

/** Raw dispatch: no stream object and no promise per chunk between the socket and the decoder. */
export function undiciExchange(options: UndiciExchangeOptions): UndiciExchange {
  /** Questions to the health route have a connection of their own: they must not wait behind an image for minutes. */
  const agents: { [Method in 'GET' | 'POST']?: Promise<Agent> } = {};
  let connectionsMade = 0;

  const dispatcher = async (method: 'GET' | 'POST'): Promise<Dispatcher> => {
    if (options.dispatcher !== undefined) return options.dispatcher;
    // Importing undici costs 100 ms and replaces the dispatcher of the host's own fetch: not before it is needed.
    agents[method] ??= import('undici').then((undici) => {
      const made = new undici.Agent({
        connections: method === 'GET' ? 1 : options.connections,
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: 60_000,
        // A cold start is minutes without a header; the deadlines are the client's own.
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: { timeout: options.connectTimeoutMs },
      });
      made.on('connect', () => {
        connectionsMade += 1;
      });
      return made;
    });
    return agents[method];
  };

  const exchange: Exchange = async ({ url, method, headers, body, signal }, receiver) => {
    signal.throwIfAborted();
    const via = await dispatcher(method);
    const connectionsBefore = connectionsMade;
    const startedAt = performance.now();
    let hasBegun = false;
    /** Only the own agent tells whether a connection was new. */
    const wasStale = (): boolean =>
      options.dispatcher === undefined &&
      !hasBegun &&
      connectionsMade === connectionsBefore &&
      performance.now() - startedAt < staleWithinMs;

    await new Promise<void>((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined;
      const memory = options.dispatcher === undefined ? new ChunkMemory() : undefined;
      const onAbort = (): void => {
        controller?.abort(asError(signal.reason));
        // While it waits for a connection there is no controller yet, and nobody should have to wait for one.
        reject(signal.reason);
      };
      const settle = (done: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        done();
      };
      /** What the receiver throws has to come out as it is. */
      let refusal: unknown;
      const guard = <Result>(at: Dispatcher.DispatchController, take: () => Result): Result | undefined => {
        try {
          return take();
        } catch (error) {
          refusal = error;
          at.abort(asError(error));
          return undefined;
        }
      };
      signal.addEventListener('abort', onAbort, { once: true });
      via.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers,
          body: body ?? null,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        {
          onRequestStart(at) {
            controller = at;
            if (signal.aborted) at.abort(asError(signal.reason));
          },
          onResponseStart(at, status, responseHeaders) {
            if (status < 200) return;
            hasBegun = true;
            guard(at, () => receiver.head(status, flatten(responseHeaders)));
          },
          onResponseData(at, chunk) {
            if (refusal !== undefined) return;
            memory?.reading(chunk, receiver.copies);
            const drained = guard(at, () => receiver.data(chunk));
            if (drained === undefined) return;
            at.pause();
            drained.then(
              () => at.resume(),
              (error: unknown) => {
                refusal = error;
                at.abort(asError(error));
              },
            );
          },
          onResponseEnd: () => settle(resolve),
          onResponseError: (_at, error) =>
            settle(() => {
              if (refusal !== undefined) reject(refusal);
              else if (signal.aborted) reject(signal.reason);
              else reject(toFailure(error, wasStale()));
            }),
        },
      );
    });
  };

  return {
    exchange,
    ownsChunks: options.dispatcher === undefined,
    close: async () => {
      const made = [agents.GET, agents.POST];
      delete agents.GET;
      delete agents.POST;
      await Promise.all(made.map(async (agent) => (await agent)?.close()));
    },
  };
}

function toFailure(error: unknown, wasStale: boolean): NetworkFailure {
  const failure = toNetworkFailure(error);
  if (!wasStale || failure.stage !== 'interrupted') return failure;
  return new NetworkFailure({ code: failure.code, stage: 'not_sent', cause: error });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('stopped', { cause: reason });
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
