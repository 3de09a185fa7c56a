import { wrongOption } from '../errors/image-error.ts';
import { mergeOptions } from '../merge-options.ts';

/** How long to wait for what, in milliseconds. `Infinity` waits for ever. */
export interface TimeoutOptions {
  /** For a connection, by the Node client's own agent; what a call says of it changes nothing. @default 10_000 */
  readonly connect?: number | undefined;
  /** For the next bytes of an answer that has begun. @default 30_000 */
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
