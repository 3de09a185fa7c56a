import { type FieldRule, fieldRules, type RequestRules, wireRules } from './request-rules.ts';

/** A JSON Schema (draft 2020-12) of an object. */
export interface JsonObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required: readonly string[];
  readonly additionalProperties: boolean;
}

/**
 * The JSON Schema of the Inference API's body, from the declaration: with `limits`, that of one endpoint.
 *
 * @example
 * requestJsonSchema().required; // ['inputs', 'width', 'height', 'guidance_scale']
 */
export function requestJsonSchema(rules: Pick<RequestRules, 'limits' | 'defaults'> = {}): JsonObjectSchema {
  const fields = fieldRules(wireRules(rules));
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((rule) => [rule.name, fieldSchema(rule)])),
    required: fields.filter((rule) => rule.mustBeGiven).map((rule) => rule.name),
    // Handlers may know more fields, such as seed.
    additionalProperties: true,
  };
}

function fieldSchema(rule: FieldRule): Readonly<Record<string, unknown>> {
  const { type, description, unit, minimum, maximum, multipleOf, maxLength, example, mustBeGiven, fallback } = rule;
  const isText = type === 'string';
  return {
    type,
    description: unit === undefined ? description : `${description}, in ${unit}`,
    ...(isText && mustBeGiven ? { minLength: 1, pattern: String.raw`\S` } : {}),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(multipleOf === undefined ? {} : { multipleOf }),
    ...(mustBeGiven || fallback === undefined ? {} : { default: fallback }),
    examples: [example],
  };
}
