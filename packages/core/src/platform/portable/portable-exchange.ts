import type { Exchange } from '../../client/exchange.ts';
import { toNetworkFailure } from '../../retry/network-failure.ts';

/** What a transport of your own is asked for. */
export interface TransportRequest {
  /** Whole, to be asked as it is. */
  readonly url: string;
  /** POST for an image, GET for the health route. */
  readonly method: 'GET' | 'POST';
  /** To be sent exactly so; with the token where the client was given one. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; absent for GET. */
  readonly body?: string;
  /** Aborts when nobody waits for the response any more. */
  readonly signal: AbortSignal;
  /** When to give up, in milliseconds: for helpers that take no signal. */
  readonly timeoutMs: number;
}

/** What a transport returns, whatever the status: it throws only where there was no response. */
export interface TransportResponse {
  /** HTTP status, errors and redirects among them. */
  readonly status: number;
  /** Names in any case; what `fetch` calls `headers` will do. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> | Iterable<[string, string]>;
  /** Whole, or in pieces as they come: those are decoded as they arrive. What `fetch` calls `body` is such pieces. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | ReadableBody;
}

/** A `ReadableStream`, by the part of it that every browser has: Safari's are not iterable. */
export interface ReadableBody {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(): Promise<unknown>;
  };
}

/**
 * Sends one HTTP request, follows no redirect, and returns every status.
 *
 * @example
 * const transport: Transport = async ({ url, method, headers, body, signal }) => {
 *   const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
 *   return { status: response.status, headers: response.headers, body: response.body ?? new Uint8Array() };
 * };
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/** The engine's exchange over an injected transport. */
export function portableExchange(transport: Transport): Exchange {
  return async ({ url, signal, ...request }, receiver) => {
    const stopped = rejectWhenAborted(signal);
    const fromTransport = async <Result>(promise: Promise<Result>): Promise<Result> => {
      try {
        return await Promise.race([promise, stopped.promise]);
      } catch (error) {
        throw signal.aborted ? signal.reason : toNetworkFailure(error);
      }
    };
    try {
      const response = checked(await fromTransport(transport({ ...request, url: url.href, signal })));
      receiver.head(response.status, lowerCaseNames(response.headers));
      if (response.body instanceof Uint8Array) {
        await receiver.data(response.body);
        return;
      }
      const pieces = piecesOf(response.body);
      try {
        for (;;) {
          const piece = await fromTransport(pieces.next());
          if (piece === undefined) return;
          await receiver.data(piece);
        }
      } finally {
        // Closes the connection where the body is not read to its end; its own complaint about that helps nobody.
        void Promise.resolve(pieces.leave()).catch(() => undefined);
      }
    } finally {
      stopped.release();
    }
  };
}

/** A transport is somebody's own code, and may not have been compiled against these types. */
function checked(response: TransportResponse): TransportResponse {
  const { status, headers, body } = (response ?? {}) as Partial<TransportResponse>;
  const isBody =
    typeof body === 'object' && (body instanceof Uint8Array || Symbol.asyncIterator in body || 'getReader' in body);
  if (typeof status === 'number' && typeof headers === 'object' && isBody) return response;
  throw new TypeError(
    'The transport must return { status, headers, body }: a number, an object, and bytes or a stream of them.',
  );
}

interface Pieces {
  /** The next one; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** No more are wanted. */
  leave(): Promise<unknown> | undefined;
}

function piecesOf(body: AsyncIterable<Uint8Array> | ReadableBody): Pieces {
  if (Symbol.asyncIterator in body) {
    const iterator = body[Symbol.asyncIterator]();
    return {
      next: async () => {
        const { done, value } = await iterator.next();
        return done === true ? undefined : value;
      },
      leave: () => iterator.return?.(),
    };
  }
  const reader = body.getReader();
  return { next: async () => (await reader.read()).value, leave: async () => reader.cancel() };
}

/** A transport may not heed the signal: the caller is let go all the same. */
function rejectWhenAborted(signal: AbortSignal): { readonly promise: Promise<never>; readonly release: () => void } {
  let onAbort = (): void => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, release: () => signal.removeEventListener('abort', onAbort) };
}

function isIterable(headers: TransportResponse['headers']): headers is Iterable<[string, string]> {
  return Symbol.iterator in headers;
}

function lowerCaseNames(headers: TransportResponse['headers']): Record<string, string | undefined> {
  return Object.fromEntries(
    (isIterable(headers) ? [...headers] : Object.entries(headers)).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : value?.join(', '),
    ]),
  );
}
