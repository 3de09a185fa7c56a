import {
  requestChecker,
  wireRules,
  type RequestIssue,
  type RequestLimits,
  type RequestDefaults,
  type RequestValidation,
} from '@tintype/core';

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
  /** `wire` for the body of the Inference API. */
  readonly names: 'typescript' | 'wire';
}

const longestKey = 256;

/** Checks an input by core's declaration and the operator's rules. All problems are reported, not only the first. */
export type InputChecker = (checked: CheckInput) => RequestValidation;

/** Works the rules into core's declaration, once for all requests. */
export function inputChecker(rules: InputRules): InputChecker {
  const checkers = { typescript: requestChecker(rules), wire: requestChecker(wireRules(rules)) };
  return ({ input, idempotencyKey, names }) => {
    const checked = checkers[names](input);
    const extra = checked.ok ? checked.request.extra : input['extra'];
    const issues = [
      ...(checked.ok ? [] : checked.issues),
      ...extraIssues(extra, rules, names),
      ...keyIssues(idempotencyKey, names),
    ];
    return issues.length === 0 ? checked : { ok: false, issues };
  };
}

function extraIssues(extra: unknown, { extraFields }: InputRules, names: CheckInput['names']): readonly RequestIssue[] {
  if (typeof extra !== 'object' || extra === null) return [];
  const allowed = extraFields.length === 0 ? 'no other members' : extraFields.join(', ');
  return Object.keys(extra)
    .filter((name) => !extraFields.includes(name))
    .map((name) => {
      const path = names === 'wire' ? [name] : ['extra', name];
      return {
        path,
        message: `${path.join('.')} is not among the fields that this gateway passes on; it passes ${allowed}.`,
        got: name,
        allowed,
      };
    });
}

function keyIssues(key: unknown, names: CheckInput['names']): readonly RequestIssue[] {
  if (key === undefined || key === null) return [];
  if (typeof key === 'string' && key.trim() !== '' && key.length <= longestKey) return [];
  const name = names === 'wire' ? 'Idempotency-Key' : 'idempotencyKey';
  const allowed = `a text of 1 to ${longestKey} characters that is not blank`;
  const got = typeof key === 'string' && key.length > longestKey ? `${key.length} characters` : JSON.stringify(key);
  return [{ path: [name], message: `${name} must be ${allowed}; got ${got}.`, got, allowed }];
}
