import type { Exchange } from './exchange.ts';
import { toNetworkFailure } from './network-failure.ts';

/** What a transport of your own is asked for. */
export interface TransportRequest {
  /** Whole, to be asked as it is. */
  readonly url: string;
  /** POST for a picture, GET for the health route. */
  readonly method: 'GET' | 'POST';
  /** To be sent exactly so; with the token where the client was given one. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; absent for GET. */
  readonly body?: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** When to give up, in milliseconds: for helpers that take no signal. */
  readonly timeoutMs: number;
}

/** What a transport answers, whatever the status: it throws only where there was no answer. */
export interface TransportAnswer {
  /** HTTP status, errors and redirects among them. */
  readonly status: number;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Whole, or in pieces as they come: those are decoded as they arrive. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * Sends one HTTP request, follows no redirect, and answers with every status.
 *
 * @example
 * const transport: Transport = async ({ url, method, headers, body, signal }) => {
 *   const answer = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
 *   return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answer.body ?? new Uint8Array() };
 * };
 */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;

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
      const answer = await fromTransport(transport({ ...request, url: url.href, signal }));
      receiver.head(answer.status, lowerCaseNames(answer.headers));
      if (answer.body instanceof Uint8Array) {
        await receiver.data(answer.body);
        return;
      }
      const chunks = answer.body[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await fromTransport(chunks.next());
          if (next.done === true) return;
          await receiver.data(next.value);
        }
      } finally {
        // Closes the connection where the body is not read to its end; its own complaint about that helps nobody.
        void Promise.resolve(chunks.return?.()).catch(() => undefined);
      }
    } finally {
      stopped.release();
    }
  };
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

function lowerCaseNames(headers: TransportAnswer['headers']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : value?.join(', '),
    ]),
  );
}
