import {
  requestWarnings,
  summarizeIssues,
  type RequestIssue,
  type RequestLimits,
  type ResolvedRequest,
} from '@tintype/core/contract';
import { readInferenceRequest, showValue, type BodyMember, type Dialect } from '@tintype/core/server';
import type { ModelDefaults } from '../pipeline/model-card.ts';
import { findScheduler, schedulerNames, type SchedulerName } from '../schedulers/create-scheduler.ts';
import { HttpError } from './http-error.ts';

/** What a caller wants drawn, whichever dialect it was said in. */
export interface DrawRequest {
  readonly fields: Omit<ResolvedRequest, 'extra'>;
  /** 0 to 2^64 - 1; absent where the caller leaves the choice to us. */
  readonly seed?: bigint;
  readonly scheduler?: SchedulerName;
  readonly warnings: readonly string[];
}

/** Warnings go into a header too, and clients take some 16 kB of headers. */
const mostListed = 10;
const longestShown = 40;

/**
 * Reads a request in either dialect, with the two fields that this endpoint knows beyond the contract's: `seed` and
 * `scheduler`.
 *
 * @param options.defaults - used in the dialect that lets fields be left out
 * @throws HttpError 400 with all problems in one message
 */
export function readDrawRequest(options: {
  readonly body: Readonly<Record<string, unknown>>;
  readonly dialect: Dialect;
  readonly limits: RequestLimits;
  readonly defaults: ModelDefaults;
}): DrawRequest {
  const { body, dialect, limits, defaults } = options;
  const checked = readInferenceRequest(body, dialect, {
    limits,
    ...(dialect === 'parameters' ? { defaults } : {}),
    checkExtra: schedulerIssue,
  });
  if (!checked.ok) throw new HttpError(400, summarizeIssues(checked.issues));
  const { extra, ...fields } = checked.request;
  const { seed, scheduler, ...others } = extra;
  const found = typeof scheduler === 'string' ? findScheduler(scheduler) : undefined;
  return {
    fields,
    ...(typeof seed === 'number' || typeof seed === 'string' ? { seed: BigInt(seed) } : {}),
    ...(found === undefined ? {} : { scheduler: found }),
    warnings: [...requestWarnings(checked.request), ...ignoredFields(Object.keys(others))],
  };
}

function schedulerIssue({ key, name, path, value }: BodyMember): RequestIssue | undefined {
  if (key !== 'scheduler' || value === null) return undefined;
  if (typeof value === 'string' && findScheduler(value) !== undefined) return undefined;
  const allowed = `one of ${schedulerNames.join(', ')}`;
  const got = showValue(value);
  return { path, message: `${name} must be ${allowed}; got ${got}.`, got, allowed };
}

function ignoredFields(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const listed = names.slice(0, mostListed).map((name) => shortened(JSON.stringify(name)));
  const more = names.length > listed.length ? ` and ${names.length - listed.length} more` : '';
  return [
    `Ignored, as no field of this endpoint: ${listed.join(', ')}${more}. Beyond the documented ones it knows seed and scheduler.`,
  ];
}

function shortened(name: string): string {
  return name.length > longestShown ? `${name.slice(0, longestShown - 1)}…` : name;
}
