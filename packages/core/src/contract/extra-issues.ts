import { isRecord, showValue } from './json-value.ts';
import { extraField, requestFieldNames, requestFields } from './request-fields.ts';
import type { RequestIssue } from './request-issue.ts';

const wireNames = new Set<string>(requestFieldNames.map((field) => requestFields[field].wire));
const allowed = 'an object of JSON values, whose members are none of the six fields';

/** What is wrong with a request's `extra`; it may be left out. */
export function extraIssues(extra: unknown): readonly RequestIssue[] {
  if (extra === undefined || extra === null) return [];
  const shadowed = isRecord(extra) ? Object.keys(extra).filter((name) => wireNames.has(name)) : [];
  const isFine = isRecord(extra) && isJson(extra);
  if (isFine && shadowed.length === 0) return [];
  const got = showValue(extra);
  const message = isFine
    ? `extra may not hold ${shadowed.join(', ')}: give the field itself. ${extraField.description}.`
    : `extra must be ${allowed}; got ${got}.`;
  return [{ path: ['extra'], message, got, allowed }];
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
