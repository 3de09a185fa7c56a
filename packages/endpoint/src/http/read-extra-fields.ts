import type { ExtraFields } from '@tintype/core/contract';
import { findScheduler, schedulerNames, type SchedulerName } from '../schedulers/create-scheduler.ts';

const largestSeed = 2n ** 64n - 1n;
/** Warnings go into a header too, and clients take some 16 kB of headers. */
const mostListed = 10;
const longestShown = 40;

export interface ExtraFieldsReading {
  readonly seed?: bigint;
  readonly scheduler?: SchedulerName;
  readonly warnings: readonly string[];
  /** Whole sentences, as the contract's issues have them. */
  readonly problems: readonly string[];
}

/** Reads the fields that this endpoint knows beyond the contract's six: `seed` and `scheduler`. */
export function readExtraFields(extra: ExtraFields): ExtraFieldsReading {
  const { seed: givenSeed, scheduler: givenScheduler, ...others } = extra;
  const problems: string[] = [];
  const seed = readSeed(givenSeed);
  if (seed === 'wrong') {
    problems.push(
      `seed must be a whole number from 0 to ${largestSeed}, beyond 2^53 better as a text of digits; got ${shown(givenSeed)}. Leave it out for a random one.`,
    );
  }
  const scheduler = readScheduler(givenScheduler);
  if (scheduler === 'wrong') {
    problems.push(`scheduler must be one of ${schedulerNames.join(', ')}; got ${shown(givenScheduler)}.`);
  }
  return {
    ...(typeof seed === 'bigint' ? { seed } : {}),
    ...(scheduler === undefined || scheduler === 'wrong' ? {} : { scheduler }),
    warnings: ignoredFields(Object.keys(others)),
    problems,
  };
}

function readSeed(value: unknown): bigint | 'wrong' | undefined {
  if (value === undefined || value === null) return undefined;
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value);
  const isDigits = typeof value === 'string' && /^\d{1,20}$/.test(value);
  if (!isNumber && !isDigits) return 'wrong';
  const seed = BigInt(value);
  return seed >= 0n && seed <= largestSeed ? seed : 'wrong';
}

function readScheduler(value: unknown): SchedulerName | 'wrong' | undefined {
  if (value === undefined || value === null) return undefined;
  return (typeof value === 'string' ? findScheduler(value) : undefined) ?? 'wrong';
}

function ignoredFields(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const listed = names.slice(0, mostListed).map((name) => shown(name));
  const more = names.length > listed.length ? ` and ${names.length - listed.length} more` : '';
  return [
    `Ignored, as no field of this endpoint: ${listed.join(', ')}${more}. Beyond the documented ones it knows seed and scheduler.`,
  ];
}

function shown(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > longestShown ? `${json.slice(0, longestShown - 1)}…` : json;
}
