/**
 * The client without a platform: no timers, no `process`, no `node:` import. You inject transport, sleep, clock and
 * chance; it bundles into an n8n node, a browser or an edge worker.
 * @module
 */
import { alarmFromSleep } from './platform/portable/alarm.ts';
import { assembleClient, type ImageClient } from './client/client.ts';
import type { CommonClientOptions } from './client/options.ts';
import type { Sleep } from './client/engine.ts';
import { portableBytes } from './decode/portable-bytes.ts';
import { portableExchange, type Transport } from './platform/portable/portable-exchange.ts';

/** What a client without a platform is made of: everything it does to the world comes in here. */
export interface PortableClientOptions extends CommonClientOptions {
  /** Sends one HTTP request. It adds the `Authorization` header itself where the client has no `token`. */
  readonly transport: Transport;
  /** What the transport adds to requests by itself, such as a token: no error and no event shows it. */
  readonly secrets?: readonly string[] | undefined;
  /** Waits so many milliseconds; ends early, in any way, when the signal aborts. */
  readonly sleep: Sleep;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
  /** From 0 to 1, without 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/**
 * Makes a client over a transport of your own.
 *
 * @throws {ImageError} `invalid_request` where the endpoint's URL or the token cannot be one.
 */
export function createImageClient(options: PortableClientOptions): ImageClient {
  const { transport, secrets = [], sleep, now = Date.now, random = Math.random } = options;
  return assembleClient(options, {
    exchange: portableExchange(transport),
    ownsChunks: false,
    addedSecrets: secrets,
    tools: portableBytes,
    sleep,
    alarm: alarmFromSleep(sleep, now),
    now,
    random,
    trace: async (_name, _facts, work) => work(),
  }).client;
}

export type { Sleep } from './client/engine.ts';
export type {
  ReadableBody,
  Transport,
  TransportResponse,
  TransportRequest,
} from './platform/portable/portable-exchange.ts';
export * from './shared.ts';
