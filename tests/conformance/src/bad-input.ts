import type { RequestFieldName } from '@tintype/core/contract';

export interface BadInput {
  readonly name: string;
  readonly field: RequestFieldName;
  /** What a caller gives for the field. */
  readonly value: unknown;
  /** What every entrance says of it, after the field's own name there. */
  readonly says: string;
  /** GraphQL's own type check comes before ours. */
  readonly isTypeMistake?: boolean;
}

const size = 'must be a whole number of pixels, a multiple of 8, 8 or more';

/** Mistakes in a request, and what is said of them wherever they are made. */
export const badInputs: readonly BadInput[] = [
  {
    name: 'a width between two valid ones',
    field: 'width',
    value: 500,
    says: `${size}; got 500. The nearest valid value is 496 or 504.`,
  },
  { name: 'a height of nothing', field: 'height', value: 0, says: `${size}; got 0. The nearest valid value is 8.` },
  { name: 'a negative width', field: 'width', value: -8, says: `${size}; got -8. The nearest valid value is 8.` },
  {
    name: 'no steps',
    field: 'inferenceSteps',
    value: 0,
    says: 'must be a whole number, 1 or more; got 0. The nearest valid value is 1.',
  },
  {
    name: 'a negative guidance',
    field: 'guidanceScale',
    value: -1,
    says: 'must be a number, 0 or more; got -1. The nearest valid value is 0.',
  },
  {
    name: 'a guidance in words',
    field: 'guidanceScale',
    value: '7',
    says: 'must be a number, 0 or more; got "7".',
    isTypeMistake: true,
  },
  {
    name: 'half a step',
    field: 'inferenceSteps',
    value: 2.5,
    says: 'must be a whole number, 1 or more; got 2.5. The nearest valid value is 2 or 3.',
    isTypeMistake: true,
  },
  { name: 'a blank prompt', field: 'prompt', value: '  ', says: 'must be a text that is not blank; got "  ".' },
];
