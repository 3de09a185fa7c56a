/** One HTTP exchange, as the client's engine asks for it. */
export interface ExchangeRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Stops the exchange; its reason is what the exchange rejects with. */
  readonly signal: AbortSignal;
  /** For transports that cannot be stopped by a signal, in milliseconds. */
  readonly timeoutMs: number;
}

export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** Takes a response as it arrives. What it throws ends the exchange and is what the exchange rejects with. */
export interface Receiver {
  head(status: number, headers: ResponseHeaders): void;
  /** Settles when more may come; `undefined` where it may at once. */
  data(chunk: Uint8Array): Promise<void> | undefined;
  /** Whether it keeps nothing of the chunks themselves, so that their memory may go to others. */
  readonly copies: boolean;
}

/** Sends a request and feeds the receiver; settles when the response is complete. Rejects with a `NetworkFailure`, or the receiver's or signal's reason. */
export type Exchange = (request: ExchangeRequest, receiver: Receiver) => Promise<void>;

/** What a receiver throws to end a response of which it has all that it wants. */
export class EnoughRead extends Error {
  override readonly name = 'EnoughRead';
}
