/** How one field of the request is named, typed, bounded and explained. Everything that shows a field reads this. */
export interface FieldDeclaration {
  /** The member's name in the JSON body of the Inference API. */
  readonly wire: string;
  /** The parameter's name in diffusers' pipelines, and so with Hugging Face. @default the same as `wire` */
  readonly pipeline?: string;
  /** `integer` and `number` are both numbers of JSON. */
  readonly type: 'string' | 'integer' | 'number';
  /** Title case, for forms. */
  readonly label: string;
  /** Whether a caller of the TypeScript, GraphQL, n8n and command-line entrances must give it. */
  readonly required: boolean;
  /** Whether the JSON body of the Inference API must hold it. */
  readonly requiredOnWire: boolean;
  /** Smallest value allowed; an operator's limits know the largest. */
  readonly minimum?: number;
  /** What the value must be a multiple of. */
  readonly multipleOf?: number;
  /** What stands in where the caller leaves the field out. */
  readonly default?: number;
  /** What the number counts, such as `pixels`. */
  readonly unit?: string;
  /** One plain sentence, without the facts above. */
  readonly description: string;
  /** A valid value, for forms and documentation. */
  readonly example: string | number;
}

/**
 * The one declaration of the request. Validation, TypeScript types, JSON Schema, the GraphQL input, the n8n panel,
 * the command line's flags and the tables in the documentation come from here.
 */
export const requestFields = {
  /** What the image should show. Not blank. */
  prompt: {
    wire: 'inputs',
    type: 'string',
    label: 'Prompt',
    required: true,
    requiredOnWire: true,
    description: 'What the image should show',
    example: 'a fox in the snow at night',
  },
  /** What the image should not show. Has no effect with a guidance scale of 1 or less. */
  negativePrompt: {
    wire: 'negative_prompt',
    type: 'string',
    label: 'Negative Prompt',
    required: false,
    requiredOnWire: false,
    description: 'What the image should not show; has no effect with a guidance scale of 1 or less',
    example: 'moon',
  },
  /**
   * Width of the image in pixels: a positive multiple of 8.
   * @default 512
   */
  width: {
    wire: 'width',
    type: 'integer',
    label: 'Width',
    required: false,
    requiredOnWire: true,
    minimum: 8,
    multipleOf: 8,
    default: 512,
    unit: 'pixels',
    description: 'Width of the image',
    example: 512,
  },
  /**
   * Height of the image in pixels: a positive multiple of 8.
   * @default 512
   */
  height: {
    wire: 'height',
    type: 'integer',
    label: 'Height',
    required: false,
    requiredOnWire: true,
    minimum: 8,
    multipleOf: 8,
    default: 512,
    unit: 'pixels',
    description: 'Height of the image',
    example: 512,
  },
  /**
   * How strongly the image follows the prompt, 0 or more. 1 or less turns guidance off, and the negative prompt with it.
   * @default 7.5
   */
  guidanceScale: {
    wire: 'guidance_scale',
    type: 'number',
    label: 'Guidance Scale',
    required: false,
    requiredOnWire: true,
    minimum: 0,
    default: 7.5,
    description:
      'How strongly the image follows the prompt; 1 or less turns guidance off, and the negative prompt with it',
    example: 7.5,
  },
  /**
   * Number of denoising steps, 1 or more. More steps take proportionally longer.
   * @default 25
   */
  inferenceSteps: {
    wire: 'inference_steps',
    pipeline: 'num_inference_steps',
    type: 'integer',
    label: 'Inference Steps',
    required: false,
    requiredOnWire: false,
    minimum: 1,
    default: 25,
    description: 'Number of denoising steps; more steps take proportionally longer',
    example: 25,
  },
} as const satisfies Record<string, FieldDeclaration>;

/** The fields a handler may know beyond the six, such as `seed`. */
export const extraField = {
  label: 'Extra Fields',
  description:
    'More members for handlers that know them, such as seed; sent beside the six fields, whose names they may not take',
} as const;

/** One of the six, by its name in TypeScript. */
export type RequestFieldName = keyof typeof requestFields;

/** The six names, in the order in which forms and tables show them. */
export const requestFieldNames = Object.keys(requestFields) as readonly RequestFieldName[];
