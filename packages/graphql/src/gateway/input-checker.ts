import {
  requestChecker,
  type RequestIssue,
  type RequestLimits,
  type RequestDefaults,
  type RequestValidation,
} from '@tintype/core';
import { mostIssues, readInferenceRequest, type Dialect } from '@tintype/core/server';

/** What the operator has decided about requests to an endpoint. */
export interface InputRules {
  readonly defaults: RequestDefaults;
  readonly limits: RequestLimits;
  /** The members that `extra` may hold. */
  readonly extraFields: readonly string[];
}

/** An input with its idempotency key, as the GraphQL schema and the Inference API's header carry it. */
export interface CheckInput {
  readonly input: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: unknown;
  /** How the input is written: as the GraphQL schema has it, or in a dialect of the Inference API. */
  readonly names: 'typescript' | Dialect;
}

const longestKey = 256;

/** Checks an input by core's declaration and the operator's rules. All problems are reported, not only the first. */
export type InputChecker = (checked: CheckInput) => RequestValidation;

/** Works the rules into core's declaration, once for all requests. */
export function inputChecker(rules: InputRules): InputChecker {
  const { defaults, limits, extraFields } = rules;
  const checkTyped = requestChecker(rules);
  const checkExtra = ({ key, path }: { readonly key: string; readonly path: readonly string[] }) =>
    extraFields.includes(key) ? undefined : notPassedOn(path, extraFields);

  function checkInput({ input, names }: CheckInput): RequestValidation {
    if (names !== 'typescript') return readInferenceRequest(input, names, { defaults, limits, checkExtra });
    const checked = checkTyped(input);
    const extra = checked.ok ? checked.request.extra : input['extra'];
    const keys = typeof extra === 'object' && extra !== null ? Object.keys(extra) : [];
    const issues = keys.flatMap((key) => checkExtra({ key, path: ['extra', key] }) ?? []);
    if (issues.length === 0) return checked;
    return { ok: false, issues: [...(checked.ok ? [] : checked.issues), ...issues].slice(0, mostIssues) };
  }

  return (given) => {
    const checked = checkInput(given);
    const issues = keyIssues(given.idempotencyKey, given.names);
    return issues.length === 0 ? checked : { ok: false, issues: [...(checked.ok ? [] : checked.issues), ...issues] };
  };
}

function notPassedOn(path: readonly string[], extraFields: readonly string[]): RequestIssue {
  const allowed = extraFields.length === 0 ? 'no other members' : extraFields.join(', ');
  return {
    path,
    message: `${path.join('.')} is not among the fields that this gateway passes on; it passes ${allowed}.`,
    got: path.at(-1) ?? '',
    allowed,
  };
}

function keyIssues(key: unknown, names: CheckInput['names']): readonly RequestIssue[] {
  if (key === undefined || key === null) return [];
  if (typeof key === 'string' && key.trim() !== '' && key.length <= longestKey) return [];
  const name = names === 'typescript' ? 'idempotencyKey' : 'Idempotency-Key';
  const allowed = `a text of 1 to ${longestKey} characters that is not blank`;
  const got = typeof key === 'string' && key.length > longestKey ? `${key.length} characters` : JSON.stringify(key);
  return [{ path: [name], message: `${name} must be ${allowed}; got ${got}.`, got, allowed }];
}
