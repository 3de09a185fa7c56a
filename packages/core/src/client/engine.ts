import type { ByteTools } from '../decode/byte-tools.ts';
import type { ClientEvent } from '../observe/client-event.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { RetryPolicy } from '../retry/retry-policy.ts';
import type { Exchange } from './exchange.ts';
import type { Limiter } from './limiter.ts';
import type { Timeouts } from './options.ts';

/** Waits; ends early, in any way, when the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** Calls back once after so many milliseconds, never for `Infinity`; what it returns takes it off. */
export type Alarm = (ms: number, ring: () => void) => () => void;

/** Runs a piece of work; whoever traces is shown the facts, and what `shown` makes of the result. */
export type Trace = <Result>(
  name: 'generate' | 'attempt',
  facts: object,
  work: () => Promise<Result>,
  shown: (result: Result) => object,
) => Promise<Result>;

/** What the client does to the world, injected. */
export interface Effects {
  readonly exchange: Exchange;
  /** Whether the exchange's chunks may be overwritten. */
  readonly ownsChunks: boolean;
  readonly tools: ByteTools;
  readonly sleep: Sleep;
  readonly alarm: Alarm;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
  /** What the exchange adds to requests by itself and no text may show; absent where it adds nothing. */
  readonly addedSecrets?: readonly string[] | undefined;
  readonly trace: Trace;
}

/** All that a client's calls share. */
export interface Engine {
  readonly effects: Effects;
  readonly endpoint: URL;
  readonly protocol: Protocol;
  readonly model: string | undefined;
  /** Never leaves the engine but as the header. */
  readonly token: string | undefined;
  /** What no text may show: the token, what the transport adds itself, and the values of the endpoint's query. */
  readonly secrets: readonly string[];
  /** Whether requests carry a token, the client's own or one that the transport adds. */
  readonly sendsToken: boolean;
  readonly timeouts: Timeouts;
  readonly retry: RetryPolicy;
  readonly maxImageBytes: number;
  readonly limiter: Limiter;
  readonly emit: ((event: ClientEvent) => void) | undefined;
}
