import type { RequestDefaults, RequestLimits } from '../contract/request-rules.ts';
import { mergeOptions, wrongOption } from '../errors/options.ts';
import type { ClientEvent } from '../observe/client-event.ts';
import { protocolNames, protocols, type ProtocolName } from '../protocols/index.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { RetryOptions } from '../retry/retry-policy.ts';

/** What every client is made of, whatever it runs on. */
export interface CommonClientOptions {
  /** The endpoint's URL, as its page shows it. */
  readonly endpoint: string | URL;
  /** The access token. Kept to itself: it is in no event, no error and no trace. */
  readonly token?: string | undefined;
  /**
   * What the endpoint speaks: `inference-api`, the contract; `hugging-face`, that of its default pipeline and its router;
   * or `openai`, its images API, where `endpoint` is the base URL, such as `https://api.openai.com/v1`.
   * @default 'inference-api'
   */
  readonly protocol?: ProtocolName | undefined;
  /** The model that requests name, where the protocol has them name one: `openai`. */
  readonly model?: string | undefined;
  /** How long to wait for what, in milliseconds. */
  readonly timeout?: TimeoutOptions | undefined;
  /** What is repeated, and how often. */
  readonly retry?: RetryOptions | undefined;
  /**
   * How many POSTs at a time; the rest wait their turn. A handler works on one at a time, and Hugging Face adds a replica
   * (and its price) when more than 1.5 are pending.
   * @default 1
   */
  readonly concurrency?: number | undefined;
  /** What stands in for fields that a request leaves out. */
  readonly defaults?: RequestDefaults | undefined;
  /** What a request may ask for at most. */
  readonly limits?: RequestLimits | undefined;
  /** Largest image accepted, in bytes. @default 134_217_728 (128 MiB) */
  readonly maxImageBytes?: number | undefined;
  /** Told what happens meanwhile. What it throws is dropped: it must not cost an image. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** What one call may decide for itself. */
export interface CallOverrides {
  /** Stops the call: in the queue, in a pause, or under way. */
  readonly signal?: AbortSignal | undefined;
  /** Over the client's own, time by time. */
  readonly timeout?: TimeoutOptions | undefined;
  /** Over the client's own, count by count. */
  readonly retry?: RetryOptions | undefined;
  /** Told beside the client's own. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** Reads an endpoint's URL; names what is wrong with it. */
export function endpointUrl(endpoint: string | URL): URL {
  // In JavaScript an environment variable that is not set comes as undefined.
  const text = String((endpoint as string | URL | undefined) ?? '').trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrongOption(
      'endpoint',
      'a complete URL, such as https://abc123.us-east-1.aws.endpoints.huggingface.cloud',
      text === '' ? 'nothing' : JSON.stringify(text.slice(0, 100)),
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw wrongOption('endpoint', 'a URL without a user name and password', 'one with them');
  }
  url.hash = '';
  return url;
}

/** Reads which protocol the endpoint speaks, and whether it has the model that this needs. */
export function chosenProtocol({ protocol = 'inference-api', model = '' }: CommonClientOptions): Protocol {
  const chosen = protocols.find(({ name }) => name === protocol);
  if (chosen === undefined) throw wrongOption('protocol', protocolNames.join(', '), JSON.stringify(protocol));
  if (chosen.needsModel && model.trim() === '')
    throw wrongOption('model', `the name of a model with the protocol ${chosen.name}`, 'nothing');
  return chosen;
}

/** Reads a token as people paste it: with white space around it, or with the word before it. */
export function cleanToken(token: string | undefined): string | undefined {
  const text = token?.trim().replace(/^bearer\s+/i, '');
  if (text === undefined || text === '') return undefined;
  if (!/^[\u0021-\u007E]+$/.test(text)) {
    throw wrongOption('token', 'one word of ASCII characters', 'white space or other characters in it');
  }
  return text;
}

/** Reads how many calls may run at a time. */
export function callConcurrency(concurrency = 1): number {
  if (Number.isSafeInteger(concurrency) && concurrency >= 1) return concurrency;
  throw wrongOption('concurrency', 'a whole number, 1 or more', String(concurrency));
}

/** Reads how large an image may be. */
export function imageBytesLimit(maxImageBytes = 128 * 1024 * 1024): number {
  if (Number.isSafeInteger(maxImageBytes) && maxImageBytes >= 1) return maxImageBytes;
  throw wrongOption('maxImageBytes', 'a whole number of bytes, 1 or more', String(maxImageBytes));
}

/** How long to wait for what, in milliseconds. `Infinity` waits for ever. */
export interface TimeoutOptions {
  /** For a connection, by the Node client's own agent; what a call says of it changes nothing. @default 10_000 */
  readonly connect?: number | undefined;
  /** For the next bytes of a response that has begun. @default 30_000 */
  readonly idle?: number | undefined;
  /** For one POST, from sending to the last byte. @default 300_000 */
  readonly attempt?: number | undefined;
  /** For the whole call: queueing, waking the endpoint, repeats. @default 900_000 */
  readonly total?: number | undefined;
}

export interface Timeouts {
  readonly connect: number;
  readonly idle: number;
  readonly attempt: number;
  readonly total: number;
}

const defaults: Timeouts = { connect: 10_000, idle: 30_000, attempt: 300_000, total: 900_000 };

/**
 * Fills in the defaults, the later options over the earlier.
 * @throws {ImageError} `invalid_request` for what is no time.
 */
export function timeouts(...options: readonly (TimeoutOptions | undefined)[]): Timeouts {
  const merged = mergeOptions(defaults, options);
  for (const name of ['connect', 'idle', 'attempt', 'total'] as const) {
    const ms: unknown = merged[name];
    if (typeof ms === 'number' && ms > 0) continue;
    throw wrongOption(`timeout.${name}`, 'a number of milliseconds above 0, or Infinity', String(ms));
  }
  return merged;
}
