import { extraIssues } from './extra-issues.ts';
import type { ResolvedRequest } from './image-request.ts';
import { isRecord, showValue } from './json-value.ts';
import { fieldIssue, type RequestIssue } from './request-issue.ts';
import { type FieldRule, fieldRules, type RequestRules } from './request-rules.ts';
import { unknownMember } from './unknown-member.ts';

/** A request that is valid, with its defaults filled in; or every problem. */
export type RequestValidation =
  | { readonly ok: true; readonly request: ResolvedRequest }
  | { readonly ok: false; readonly issues: readonly RequestIssue[] };

/** Checks a request and fills in the defaults. All problems are reported, not only the first. */
export type RequestChecker = (input: unknown) => RequestValidation;

/**
 * Makes the checker for these rules from the declaration: make it once and keep it.
 *
 * @example
 * const check = requestChecker({ limits: { maxPixels: 1024 * 1024 } });
 * check({ prompt: 'a red fox', width: 2048, height: 2048 }).ok; // false
 */
export function requestChecker(rules: RequestRules = {}): RequestChecker {
  const fields = fieldRules(rules);
  const keepsUnknown = rules.unknown === 'extra';
  const known = new Set(fields.map((rule) => rule.name));
  // A resolved request may be checked again: then `given` tells which of its fields were given at first.
  if (!keepsUnknown) known.add('extra').add('given');
  const { defaults } = rules;

  return (input) => {
    if (!isRecord(input)) return { ok: false, issues: [notARequest(input, fields)] };
    // `null` means the default, as a form's or a GraphQL client's empty field does.
    const valueOf = (rule: FieldRule): unknown => input[rule.name] ?? (rule.mustBeGiven ? undefined : rule.fallback);
    const others = Object.keys(input).filter((name) => !known.has(name));
    const issues = [
      ...fields.filter((rule) => !allows(rule, valueOf(rule))).map((rule) => fieldIssue(rule, valueOf(rule))),
      ...pixelIssues(fields, valueOf, rules),
      ...(keepsUnknown ? [] : extraIssues(input['extra'])),
      ...(keepsUnknown ? [] : others.map((name) => unknownMember(name, fields))),
    ];
    if (issues.length > 0) return { ok: false, issues };

    const resolved = fields
      .map((rule) => [rule.field, valueOf(rule)] as const)
      .filter(([field, value]) => value !== undefined && !(field === 'negativePrompt' && isBlank(value)));
    const before = keepsUnknown || !Array.isArray(input['given']) ? undefined : new Set<unknown>(input['given']);
    const isGiven = ({ field, name }: FieldRule): boolean =>
      (input[name] ?? undefined) === undefined
        ? field !== 'prompt' && defaults?.[field] !== undefined
        : before === undefined || before.has(field);
    const given = fields.filter(isGiven).map(({ field }) => field);
    const extra = keepsUnknown ? Object.fromEntries(others.map((name) => [name, input[name]])) : (input['extra'] ?? {});
    // Every member has been vouched for.
    return { ok: true, request: { ...Object.fromEntries(resolved), extra, given } as unknown as ResolvedRequest };
  };
}

function allows(rule: FieldRule, value: unknown): boolean {
  if (value === undefined) return !rule.mustBeGiven;
  if (rule.type === 'string') {
    if (typeof value !== 'string' || value.length > (rule.maxLength ?? Infinity)) return false;
    return !rule.mustBeGiven || !isBlank(value);
  }
  if (typeof value !== 'number') return false;
  if (rule.type === 'integer' ? !Number.isSafeInteger(value) : !Number.isFinite(value)) return false;
  if (rule.multipleOf !== undefined && value % rule.multipleOf !== 0) return false;
  return value >= (rule.minimum ?? -Infinity) && value <= (rule.maximum ?? Infinity);
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function notARequest(input: unknown, fields: readonly FieldRule[]): RequestIssue {
  const got = showValue(input);
  const message = `The request must be an object with a ${fields[0]?.name ?? 'prompt'}; got ${got}.`;
  return { path: [], message, got, allowed: 'an object' };
}

function pixelIssues(
  fields: readonly FieldRule[],
  valueOf: (rule: FieldRule) => unknown,
  { limits }: RequestRules,
): readonly RequestIssue[] {
  const sides = fields.filter(({ field }) => field === 'width' || field === 'height');
  const pixels = sides.reduce((product, rule) => product * Number(valueOf(rule)), 1);
  if (limits?.maxPixels === undefined || !(pixels > limits.maxPixels)) return [];
  const allowed = `at most ${limits.maxPixels} pixels in all`;
  const message = `${sides.map(({ name }) => name).join(' × ')} must be ${allowed}; got ${pixels}. Ask for a smaller image.`;
  return [{ path: [sides[0]?.name ?? 'width'], message, got: String(pixels), allowed }];
}
