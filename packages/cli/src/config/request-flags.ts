import { ImageError } from '@tintype/core';
import {
  requestFields,
  validateRequest,
  type FieldDeclaration,
  type ImageRequest,
  type RequestFieldName,
} from '@tintype/core/contract';
import type { Command } from 'commander';
import { UsageError } from '../output/exit-codes.ts';

type FlagField = Exclude<RequestFieldName, 'prompt'>;

/** The flags of the fields; the rest about a field is told by the contract. */
const flags: Readonly<Record<FlagField, { readonly flag: string; readonly value: string }>> = {
  negativePrompt: { flag: 'negative', value: 'text' },
  width: { flag: 'width', value: 'pixels' },
  height: { flag: 'height', value: 'pixels' },
  guidanceScale: { flag: 'guidance', value: 'number' },
  inferenceSteps: { flag: 'steps', value: 'number' },
};

/** How commander hands the values over: by the flags' names, as text. */
export type FlagValues = Readonly<Partial<Record<string, unknown>>>;

const flagFields = Object.keys(flags) as readonly FlagField[];

/** Adds a flag for each field of the request to a command. */
export function addRequestFlags(command: Command): Command {
  for (const field of flagFields) {
    const { flag, value } = flags[field];
    const declaration: FieldDeclaration = requestFields[field];
    const fallback = declaration.default === undefined ? '' : ` (default: ${declaration.default})`;
    command.option(`--${flag} <${value}>`, `${declaration.description}${fallback}`);
  }
  return command
    .option('--seed <number>', 'seed, if the handler supports it; counts up with -n')
    .option('--extra <json>', 'more members for the handler, as JSON: \'{"scheduler":"euler"}\'');
}

/** What the fields are called in messages. */
const names = Object.fromEntries(flagFields.map((field) => [field, `--${flags[field].flag}`]));

/**
 * The request as the flags give it.
 *
 * @throws {ImageError} `invalid_request`, naming the flags.
 */
export function requestFromFlags(prompt: string, values: FlagValues): ImageRequest {
  const extra = extraMembers(values);
  const given = flagFields.flatMap((field): [FlagField, unknown][] => {
    const value = values[flags[field].flag];
    return value === undefined ? [] : [[field, requestFields[field].type === 'string' ? value : numberOrText(value)]];
  });
  const named = Object.fromEntries(given.map(([field, value]) => [names[field], value]));
  const checked = validateRequest({ prompt, ...named, extra }, { names });
  if (!checked.ok) throw new ImageError({ code: 'invalid_request', facts: { issues: checked.issues } });
  // What was not given is left to the endpoint's protocol.
  return { ...Object.fromEntries(given), prompt, ...(Object.keys(extra).length > 0 ? { extra } : {}) };
}

/** What is not a number stays as it is, so that the message shows it. */
function numberOrText(value: unknown): unknown {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? value : number;
}

function extraMembers({ seed, extra }: FlagValues): Record<string, unknown> {
  return {
    ...(extra === undefined ? {} : parseExtra(extra)),
    ...(seed === undefined ? {} : { seed: parseSeed(seed) }),
  };
}

function parseSeed(text: unknown): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new UsageError(`--seed must be a whole number, 0 or more; got ${JSON.stringify(text)}.`);
}

function parseExtra(text: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(text));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below, with an example.
  }
  throw new UsageError(
    `--extra must be a JSON object; got ${String(text).slice(0, 60)}.`,
    `For example: --extra '{"seed":7}'`,
  );
}
