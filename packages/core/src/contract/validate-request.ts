import * as v from 'valibot';
import type { ResolvedRequest } from './image-request.ts';
import type { RequestIssue } from './request-issue.ts';
import { fieldRules, wireRules, type RequestRules } from './request-rules.ts';
import { requestIssue, requestSchema } from './request-schema.ts';

export type RequestValidation =
  | { readonly ok: true; readonly request: ResolvedRequest }
  | { readonly ok: false; readonly issues: readonly RequestIssue[] };

/**
 * Checks a request and fills in the defaults. All problems are reported, not only the first.
 *
 * @example
 * const checked = validateRequest({ prompt: 'a red fox', width: 500 });
 * if (!checked.ok) console.log(summarizeIssues(checked.issues));
 * // width must be a whole number of pixels, a multiple of 8, 8 or more; got 500. The nearest valid value is 496 or 504.
 */
export function validateRequest(input: unknown, rules: RequestRules = {}): RequestValidation {
  const result = v.safeParse(requestSchema(rules), input);
  if (result.success) return { ok: true, request: resolveRequest(result.output, rules) };
  return {
    ok: false,
    issues: inFieldOrder(
      result.issues.map((issue) => requestIssue(issue, rules)),
      rules,
    ),
  };
}

/**
 * Checks the JSON body of the Inference API: the wire's names; `inputs`, `height`, `width` and `guidance_scale` required;
 * members beyond the six go to `extra`.
 */
export function validateWireRequest(body: unknown, rules: RequestRules = {}): RequestValidation {
  return validateRequest(body, wireRules(rules));
}

/** Turns a schema's output, keyed by the rules' names, into the request itself. */
export function resolveRequest(output: Readonly<Record<string, unknown>>, rules: RequestRules = {}): ResolvedRequest {
  const fields: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const { field, name } of fieldRules(rules)) {
    known.add(name);
    const value = output[name];
    const blank = field === 'negativePrompt' && typeof value === 'string' && value.trim() === '';
    if (value !== undefined && value !== null && !blank) fields[field] = value;
  }
  const extra =
    rules.unknown === 'extra'
      ? Object.fromEntries(Object.entries(output).filter(([name]) => !known.has(name)))
      : (output['extra'] ?? {});
  // The schema has vouched for every member.
  return { ...fields, extra } as ResolvedRequest;
}

function inFieldOrder(issues: readonly RequestIssue[], rules: RequestRules): readonly RequestIssue[] {
  const order = fieldRules(rules).map((rule) => rule.name);
  const place = (issue: RequestIssue): number => {
    const index = order.indexOf(String(issue.path[0]));
    return index === -1 ? order.length : index;
  };
  return issues.toSorted((one, other) => place(one) - place(other));
}
