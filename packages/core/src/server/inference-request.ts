import { isRecord, showValue } from '../contract/json-value.ts';
import { requestChecker, type RequestValidation } from '../contract/request-checker.ts';
import {
  type RequestFieldName,
  requestFieldNames,
  requestFields,
  type FieldDeclaration,
} from '../contract/request-fields.ts';
import type { RequestIssue } from '../contract/request-issue.ts';
import { type RequestRules, wireRules } from '../contract/request-rules.ts';
import { preferredResponse } from './preferred-response.ts';

/**
 * How a body is written: `flat`, the contract, with its fields side by side; or `parameters`, that of Hugging Face's default
 * text-to-image pipeline, `{inputs, parameters: {…}}`, where all but `inputs` may be left out and the image goes out as
 * bytes unless JSON is asked for.
 */
export type Dialect = 'flat' | 'parameters';

/** A member of a body. */
export interface BodyMember {
  readonly key: string;
  /** As the caller wrote it, such as `parameters.scheduler`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface InferenceRules extends Pick<RequestRules, 'limits' | 'defaults'> {
  /** Returns what is wrong with a member beyond the contract's fields. @default nothing: all of them go to `extra` */
  readonly checkExtra?: ((member: BodyMember) => RequestIssue | undefined) | undefined;
}

/**
 * Tells the dialect of a body. Hugging Face's clients leave `parameters` out where they have none: those in Python name the
 * type of image, which only the default pipeline can respond with, and the one in JavaScript names itself.
 */
export function dialectOf(
  body: Readonly<Record<string, unknown>>,
  { accept, userAgent }: { readonly accept: string | undefined; readonly userAgent: string | undefined },
): Dialect {
  if ('parameters' in body) return 'parameters';
  if (Object.keys(body).join() !== 'inputs') return 'flat';
  const wantsBytes = preferredResponse({ accept, prefersBytes: false }).as === 'bytes';
  return wantsBytes || userAgent?.startsWith('@huggingface/inference/') === true ? 'parameters' : 'flat';
}

/** More than anyone reads; without a bound, a small body could have a response of megabytes. */
export const mostIssues = 20;

/** What the default pipeline calls a field. */
function pipelineName(field: RequestFieldName): string {
  const { pipeline, wire }: FieldDeclaration = requestFields[field];
  return pipeline ?? wire;
}

const fieldByName = new Map<string, RequestFieldName>(
  requestFieldNames.flatMap((field) =>
    [requestFields[field].wire, pipelineName(field)].map((name) => [name, field] as const),
  ),
);

/**
 * Checks a body of the Inference API in either dialect and fills in the defaults. All problems, up to 20, are reported at once,
 * each by the name that the caller wrote. A member beyond the fields goes to `extra`; a `seed` of -1 means none.
 *
 * @example
 * const reading = readInferenceRequest({ inputs: 'a red fox', parameters: { width: 500 } }, 'parameters');
 * if (!reading.ok) console.log(reading.issues[0]?.path); // ['parameters', 'width']
 */
export function readInferenceRequest(
  body: Readonly<Record<string, unknown>>,
  dialect: Dialect,
  { limits, defaults, checkExtra = () => undefined }: InferenceRules = {},
): RequestValidation {
  const { parameters = null, ...besides } = body;
  const fields = new Map<RequestFieldName, BodyMember>();
  const extras = new Map<string, BodyMember>();
  const issues: RequestIssue[] = parameters === null || isRecord(parameters) ? [] : [notParameters(parameters)];
  for (const member of [...membersOf(besides, []), ...membersOf(parameters, ['parameters'])]) {
    const field = fieldByName.get(member.key);
    const earlier = field === undefined ? extras.get(member.key) : fields.get(field);
    if (earlier !== undefined) issues.push(givenTwice(earlier, member));
    else if (field === undefined) extras.set(member.key, member);
    else fields.set(field, member);
  }

  const nameOf = (field: RequestFieldName): string => fields.get(field)?.name ?? usualName(field, dialect);
  const check = requestChecker(
    wireRules({
      limits,
      defaults,
      names: Object.fromEntries(requestFieldNames.map((field) => [field, nameOf(field)])),
      ...(dialect === 'parameters' ? { required: ['prompt'] } : {}),
    }),
  );
  const checked = check(Object.fromEntries([...fields].map(([field, { value }]) => [nameOf(field), value])));
  if (!checked.ok) issues.unshift(...checked.issues.map(withPath));
  for (const member of extras.values()) {
    const issue = (member.key === 'seed' ? seedIssue(member) : undefined) ?? checkExtra(member);
    if (issue !== undefined) issues.push(issue);
  }
  if (!checked.ok || issues.length > 0) return { ok: false, issues: issues.slice(0, mostIssues) };
  const extra = Object.fromEntries([...extras.values()].map(({ key, value }) => [key, value]));
  return { ok: true, request: { ...checked.request, extra } };
}

function membersOf(value: unknown, place: readonly string[]): readonly BodyMember[] {
  if (!isRecord(value)) return [];
  return Object.entries(value)
    .map(([key, member]) => {
      const path = [...place, key];
      return { key, path, name: path.join('.'), value: member };
    })
    .filter((member) => !isLeftOut(member));
}

/** `null` means the default, and -1 is what many tools write for a random seed. */
function isLeftOut({ key, value }: BodyMember): boolean {
  if (value === null) return fieldByName.has(key) || key === 'seed';
  return key === 'seed' && (value === -1 || value === '-1');
}

function usualName(field: RequestFieldName, dialect: Dialect): string {
  const { wire } = requestFields[field];
  return dialect === 'flat' || field === 'prompt' ? wire : `parameters.${pipelineName(field)}`;
}

/** The names of fields hold no dot but ours. */
function withPath(issue: RequestIssue): RequestIssue {
  return { ...issue, path: issue.path.flatMap((name) => String(name).split('.')) };
}

function notParameters(value: unknown): RequestIssue {
  const got = showValue(value);
  const allowed = 'an object such as {"width": 512, "height": 512}';
  const message = `parameters must be ${allowed}; got ${got}. Leave it out to send the fields side by side.`;
  return { path: ['parameters'], message, got, allowed };
}

function givenTwice(one: BodyMember, other: BodyMember): RequestIssue {
  const allowed = 'one of the two';
  const message = `${one.name} and ${other.name} are both given. Send only one of them.`;
  return { path: other.path, message, got: showValue(other.value), allowed };
}

const largestSeed = 2n ** 64n - 1n;

function seedIssue({ name, path, value }: BodyMember): RequestIssue | undefined {
  const isInteger = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  const isDigits = typeof value === 'string' && /^\d{1,20}$/.test(value) && BigInt(value) <= largestSeed;
  if (isInteger || isDigits) return undefined;
  const allowed = `a whole number from 0 to ${largestSeed}`;
  const got = showValue(value);
  return { path, message: `${name} must be ${allowed}; got ${got}. Leave it out for a random one.`, got, allowed };
}
