import type { ResolvedRequest } from './image-request.ts';
import { showValue } from './json-value.ts';
import type { FieldRule } from './request-rules.ts';

/** One thing that is wrong with a request, told the same way at every entrance. */
export interface RequestIssue {
  /** Where: the member's name as the caller wrote it. */
  readonly path: readonly (string | number)[];
  /** A whole sentence: the field, what was got, what is allowed, and the nearest valid values where there are such. */
  readonly message: string;
  /** What stood there, as short JSON; `nothing` where the member was missing. */
  readonly got: string;
  /** What may stand there. */
  readonly allowed: string;
  /** The nearest valid values, for numbers that can be rounded to one. */
  readonly nearest?: readonly number[];
}

/** What a field allows, in words. */
export function describeAllowed(rule: FieldRule): string {
  if (rule.type === 'string') {
    const text = rule.mustBeGiven ? 'a text that is not blank' : 'a text';
    return rule.maxLength === undefined ? text : `${text}, of at most ${rule.maxLength} characters`;
  }
  const kind = rule.type === 'integer' ? 'a whole number' : 'a number';
  const unit = rule.unit === undefined ? '' : ` of ${rule.unit}`;
  const multiple = rule.multipleOf === undefined ? '' : `, a multiple of ${rule.multipleOf}`;
  const range =
    rule.maximum === undefined ? `, ${rule.minimum ?? 0} or more` : `, from ${rule.minimum ?? 0} to ${rule.maximum}`;
  return `${kind}${unit}${multiple}${range}`;
}

/** The valid values next to a number: one where it lies on one side only, two where it lies between. */
export function nearestValid(rule: FieldRule, value: unknown): readonly number[] | undefined {
  if (rule.type === 'string' || typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const grain = rule.multipleOf ?? (rule.type === 'integer' ? 1 : undefined);
  const lowest = rule.minimum ?? 0;
  const highest =
    rule.maximum === undefined
      ? Infinity
      : grain === undefined
        ? rule.maximum
        : Math.floor(rule.maximum / grain) * grain;
  const around = grain === undefined ? [value] : [Math.floor(value / grain) * grain, Math.ceil(value / grain) * grain];
  const held = around.map((candidate) => Math.min(highest, Math.max(lowest, candidate)));
  return [...new Set(held)];
}

/** The issue that a field has with a value, in one wording for all entrances. */
export function fieldIssue(rule: FieldRule, value: unknown): RequestIssue {
  const allowed = describeAllowed(rule);
  const got = value === null ? 'nothing' : showValue(value);
  const nearest = nearestValid(rule, value);
  const hint = nearest === undefined ? '' : ` The nearest valid value is ${nearest.join(' or ')}.`;
  return {
    path: [rule.name],
    message: `${rule.name} must be ${allowed}; got ${got}.${hint}`,
    got,
    allowed,
    ...(nearest === undefined ? {} : { nearest }),
  };
}

/** All issues in one text, for entrances that have room for one sentence. */
export function summarizeIssues(issues: readonly RequestIssue[]): string {
  return issues.map((issue) => issue.message).join(' ');
}

/** What is legal but will not do what its author expects. */
export function requestWarnings(request: ResolvedRequest): readonly string[] {
  // diffusers turns classifier-free guidance off at a scale of 1 or less, and the negative prompt is its other half.
  if (request.negativePrompt === undefined || request.guidanceScale > 1) return [];
  return [
    `The negative prompt has no effect: a guidance scale of ${request.guidanceScale} turns guidance off. Use more than 1.`,
  ];
}
