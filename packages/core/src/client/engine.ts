import type { ByteTools } from '../decode/byte-tools.ts';
import type { ClientEvent } from '../observe/client-event.ts';
import type { RetryPolicy } from '../retry/retry-policy.ts';
import type { Exchange } from '../transport/exchange.ts';
import type { Alarm } from './alarm.ts';
import type { Limiter } from './limiter.ts';
import type { Timeouts } from './timeouts.ts';

/** Waits; ends early, in any way, when the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

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
  /** Wraps a piece of work for tracing. */
  readonly trace: <Result>(name: 'generate' | 'attempt', facts: object, work: () => Promise<Result>) => Promise<Result>;
}

/** All that a client's calls share. */
export interface Engine {
  readonly effects: Effects;
  readonly endpoint: URL;
  /** Never leaves the engine but as the header, and for taking it out of texts. */
  readonly token: string | undefined;
  readonly timeouts: Timeouts;
  readonly retry: RetryPolicy;
  readonly maxImageBytes: number;
  readonly limiter: Limiter;
  readonly emit: ((event: ClientEvent) => void) | undefined;
}
