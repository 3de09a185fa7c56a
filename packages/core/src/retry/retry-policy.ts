import { mergeOptions, wrongOption } from '../errors/options.ts';

/** How hard a call tries before it gives up. All counts are per call. */
export interface RetryOptions {
  /**
   * Most repeats where the endpoint cannot have done the work: not reached, too many requests (429), failed at once (500).
   * @default 3
   */
  readonly max?: number | undefined;
  /**
   * Most repeats where it may have done the work, and a repeat may be billed twice: the connection broke after the
   * request was sent, or the response was cut short.
   * @default 1
   */
  readonly mayRepeatWork?: number | undefined;
  /**
   * Whether a timeout (also the gateway's 504) counts among those. The handler goes on working on the first request, so a
   * repeat waits behind it.
   * @default false
   */
  readonly repeatTimeouts?: boolean | undefined;
  /**
   * Whether to wake an endpoint that responds 503 or 502, and wait for it until the total deadline.
   * @default true
   */
  readonly waitForColdStart?: boolean | undefined;
}

export interface RetryPolicy {
  readonly max: number;
  readonly mayRepeatWork: number;
  readonly repeatTimeouts: boolean;
  readonly waitForColdStart: boolean;
}

const defaults: RetryPolicy = { max: 3, mayRepeatWork: 1, repeatTimeouts: false, waitForColdStart: true };

/**
 * Fills in the defaults, the later options over the earlier.
 * @throws {ImageError} `invalid_request` for what is no number of repeats.
 */
export function retryPolicy(...options: readonly (RetryOptions | undefined)[]): RetryPolicy {
  const merged = mergeOptions(defaults, options);
  for (const name of ['max', 'mayRepeatWork'] as const) {
    if (merged[name] >= 0) continue;
    throw wrongOption(`retry.${name}`, 'a number of repeats, 0 or more', String(merged[name]));
  }
  return merged;
}
