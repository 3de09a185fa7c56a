import { type FieldDeclaration, type RequestFieldName, requestFieldNames, requestFields } from './request-fields.ts';

/** What an operator decides for one endpoint. Each is optional; nothing here loosens the contract itself. */
export interface RequestLimits {
  /** Most pixels in one image, width × height. @default unlimited */
  readonly maxPixels?: number | undefined;
  /** Greatest width in pixels. @default unlimited */
  readonly maxWidth?: number | undefined;
  /** Greatest height in pixels. @default unlimited */
  readonly maxHeight?: number | undefined;
  /** Most denoising steps. @default unlimited */
  readonly maxInferenceSteps?: number | undefined;
  /** Greatest guidance scale. @default unlimited */
  readonly maxGuidanceScale?: number | undefined;
  /** Longest prompt and negative prompt in characters. @default unlimited */
  readonly maxPromptLength?: number | undefined;
  /** What width and height must be multiples of, in pixels; some models want 16 or 64. @default 8 */
  readonly sizeMultiple?: number | undefined;
}

/** What stands in for a field that the caller leaves out. */
export type RequestDefaults = {
  readonly [Name in Exclude<RequestFieldName, 'prompt'>]?:
    | (Name extends 'negativePrompt' ? string : number)
    | undefined;
};

/** How a request is read: by which names, with which defaults and within which limits. */
export interface RequestRules {
  /** @default the contract's: 512 × 512 pixels, guidance scale 7.5, 25 steps */
  readonly defaults?: RequestDefaults | undefined;
  /** @default the contract's own bounds, and no others */
  readonly limits?: RequestLimits | undefined;
  /** The names the caller writes, and reads in messages. @default 'typescript' */
  readonly names?: 'typescript' | 'wire' | Readonly<Partial<Record<RequestFieldName, string>>> | undefined;
  /** The fields that have no default here. @default ['prompt'] */
  readonly required?: readonly RequestFieldName[] | undefined;
  /**
   * What becomes of a member that is none of the six: a problem (a typing error costs an image), or a part of `extra`.
   * @default 'reject'
   */
  readonly unknown?: 'reject' | 'extra' | undefined;
}

/** One field's declaration with the rules' names, defaults and limits worked in. */
export interface FieldRule extends FieldDeclaration {
  readonly field: RequestFieldName;
  readonly name: string;
  readonly mustBeGiven: boolean;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly fallback?: string | number;
}

/** The rules for the body of the Inference API: its own names, and no default for size and guidance. */
export function wireRules(rules: RequestRules = {}): RequestRules {
  return {
    names: 'wire',
    required: requestFieldNames.filter((field) => requestFields[field].requiredOnWire),
    unknown: 'extra',
    ...rules,
  };
}

/** Works the rules into the declaration, field by field, in the declaration's order. */
export function fieldRules(rules: RequestRules = {}): readonly FieldRule[] {
  const { defaults = {}, limits = {}, names = 'typescript' } = rules;
  const required = rules.required ?? requestFieldNames.filter((field) => requestFields[field].required);
  const maximum: Partial<Record<RequestFieldName, number | undefined>> = {
    width: limits.maxWidth,
    height: limits.maxHeight,
    guidanceScale: limits.maxGuidanceScale,
    inferenceSteps: limits.maxInferenceSteps,
  };
  return requestFieldNames.map((field) => {
    const declaration: FieldDeclaration = requestFields[field];
    const fallback = field === 'prompt' ? undefined : (defaults[field] ?? declaration.default);
    const most = maximum[field];
    const multipleOf =
      declaration.multipleOf === undefined ? undefined : (limits.sizeMultiple ?? declaration.multipleOf);
    return {
      ...declaration,
      field,
      name: names === 'typescript' ? field : names === 'wire' ? declaration.wire : (names[field] ?? field),
      mustBeGiven: required.includes(field),
      ...(multipleOf === undefined ? {} : { multipleOf, minimum: multipleOf }),
      ...(most === undefined ? {} : { maximum: most }),
      ...(declaration.type === 'string' && limits.maxPromptLength !== undefined
        ? { maxLength: limits.maxPromptLength }
        : {}),
      ...(fallback === undefined ? {} : { fallback }),
    };
  });
}
