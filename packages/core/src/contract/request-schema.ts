import * as v from 'valibot';
import { extraField, requestFieldNames, requestFields } from './request-fields.ts';
import { fieldIssue, showValue, type RequestIssue } from './request-issue.ts';
import { fieldRules, type FieldRule, type RequestRules } from './request-rules.ts';

type Entry = v.GenericSchema<unknown, unknown>;
type Problem = v.BaseIssue<unknown>;

/**
 * The valibot schema of each field (and of `extra`), keyed by the name the rules give it; messages, defaults and limits
 * included. `null` means the default, as a form's or a GraphQL client's empty field does.
 */
export function requestEntries(rules: RequestRules = {}): Record<string, Entry> {
  const entries: Record<string, Entry> = {};
  for (const rule of fieldRules(rules)) entries[rule.name] = fieldEntry(rule);
  if (rules.unknown !== 'extra') entries['extra'] = extraEntry();
  return entries;
}

/**
 * The schema of the whole request under these rules, a Standard Schema.
 *
 * @param more - entries of your own beside the request's, such as an idempotency key.
 * @example
 * const schema = requestSchema({ limits: { maxPixels: 1024 * 1024 } });
 * schema['~standard'].validate({ prompt: 'a red fox', width: 500 });
 */
export function requestSchema(
  rules: RequestRules = {},
  more: Record<string, Entry> = {},
): v.GenericSchema<unknown, Record<string, unknown>> {
  const entries = { ...requestEntries(rules), ...more };
  const say = (issue: Problem): string => requestIssue(issue, rules).message;
  const [width, height] = sizeNames(rules);
  const { maxPixels = Infinity } = rules.limits ?? {};
  return v.pipe(
    v.custom<Record<string, unknown>>(isRecord, say),
    v.looseObject(entries, say),
    v.rawCheck(({ dataset, addIssue }) => {
      const members = dataset.value as Record<string, unknown>;
      // valibot's own strict object stops at the first member it does not know.
      const unknown =
        rules.unknown === 'extra' ? [] : Object.keys(members).filter((name) => !Object.hasOwn(entries, name));
      for (const name of unknown) {
        const path = [{ type: 'unknown', origin: 'key', input: members, key: name, value: members[name] }] as const;
        addIssue({ input: name, expected: 'never', path: [...path], message: unknownMember(name, rules).message });
      }
      const pixels = Number(members[width]) * Number(members[height]);
      if (pixels > maxPixels) addIssue({ input: pixels, message: tooManyPixels(pixels, maxPixels, rules).message });
    }),
  );
}

/** One of valibot's issues, from a schema of these rules, as the issue every entrance reports. */
export function requestIssue(issue: Problem, rules: RequestRules = {}): RequestIssue {
  const key = issue.path?.[0]?.key;
  const rule = fieldRules(rules).find(({ name }) => name === key);
  if (rule !== undefined) return fieldIssue(rule, issue.input);
  if (typeof key !== 'string') return wholeRequestIssue(issue, rules);
  if (issue.expected === 'never') return unknownMember(key, rules);
  const allowed = key === 'extra' ? extraAllowed : (issue.expected ?? 'what the message says');
  return { path: [key], message: issue.message, got: showValue(issue.input), allowed };
}

function wholeRequestIssue(issue: Problem, rules: RequestRules): RequestIssue {
  const { maxPixels } = rules.limits ?? {};
  if (issue.type === 'raw_check' && maxPixels !== undefined)
    return tooManyPixels(Number(issue.input), maxPixels, rules);
  const got = showValue(issue.input);
  return {
    path: [],
    message: `The request must be an object with a ${nameOfPrompt(rules)}; got ${got}.`,
    got,
    allowed: 'an object',
  };
}

function fieldEntry(rule: FieldRule): Entry {
  const say = (issue: Problem): string => fieldIssue(rule, issue.input).message;
  const schema: Entry =
    rule.type === 'string'
      ? v.pipe(
          v.string(say),
          v.check((text) => allowsText(rule, text), say),
        )
      : v.pipe(
          v.number(say),
          v.check((value) => allowsNumber(rule, value), say),
        );
  if (rule.mustBeGiven) return schema;
  return v.nullish(schema, rule.fallback);
}

function allowsText(rule: FieldRule, text: string): boolean {
  if (rule.maxLength !== undefined && text.length > rule.maxLength) return false;
  return !rule.mustBeGiven || text.trim() !== '';
}

function allowsNumber(rule: FieldRule, value: number): boolean {
  if (rule.type === 'integer' ? !Number.isSafeInteger(value) : !Number.isFinite(value)) return false;
  if (rule.multipleOf !== undefined && value % rule.multipleOf !== 0) return false;
  return value >= (rule.minimum ?? -Infinity) && value <= (rule.maximum ?? Infinity);
}

const wireNames = new Set<string>(requestFieldNames.map((field) => requestFields[field].wire));

const extraAllowed = 'an object of JSON values, whose members are none of the six fields';

function extraEntry(): Entry {
  const say = (issue: Problem): string => `extra must be ${extraAllowed}; got ${showValue(issue.input)}.`;
  const shadowed = (extra: Record<string, unknown>): readonly string[] =>
    Object.keys(extra).filter((name) => wireNames.has(name));
  return v.nullish(
    v.pipe(
      v.custom<Record<string, unknown>>((value) => isRecord(value) && isJson(value), say),
      v.check(
        (extra) => shadowed(extra).length === 0,
        (issue) =>
          `extra may not hold ${shadowed(issue.input).join(', ')}: give the field itself. ${extraField.description}.`,
      ),
    ),
  );
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

function unknownMember(name: string, rules: RequestRules): RequestIssue {
  const meant = meantField(name, rules);
  const names = fieldRules(rules).map((rule) => rule.name);
  const advice =
    meant === undefined
      ? `A field of your handler's own goes into extra: { ${name}: … }.`
      : `Did you mean ${meant.name}?`;
  return {
    path: [name],
    message: `${name} is not a field of the request. ${advice}`,
    got: name,
    allowed: [...names, 'extra'].join(', '),
  };
}

/** The field that a name was most likely meant for: written otherwise, shortened (`steps`), or lengthened. */
function meantField(name: string, rules: RequestRules): FieldRule | undefined {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  const written = plain(name);
  if (written.length < 4) return undefined;
  const tests: readonly ((known: string) => boolean)[] = [
    (known) => known === written,
    (known) => known.includes(written),
    (known) => written.includes(known),
  ];
  const all = fieldRules(rules);
  for (const test of tests) {
    const found = all.find((rule) => test(plain(rule.name)) || test(plain(rule.wire)));
    if (found !== undefined) return found;
  }
  return undefined;
}

function tooManyPixels(pixels: number, maxPixels: number, rules: RequestRules): RequestIssue {
  const [width, height] = sizeNames(rules);
  const allowed = `at most ${maxPixels} pixels in all`;
  return {
    path: [width],
    message: `${width} × ${height} must be ${allowed}; got ${pixels}. Ask for a smaller picture.`,
    got: String(pixels),
    allowed,
  };
}

function sizeNames(rules: RequestRules): readonly [string, string] {
  const named = (field: 'width' | 'height'): string =>
    fieldRules(rules).find((rule) => rule.field === field)?.name ?? field;
  return [named('width'), named('height')];
}

function nameOfPrompt(rules: RequestRules): string {
  return fieldRules(rules)[0]?.name ?? 'prompt';
}
