import { extraField } from '@tintype/core';
import { builder } from './builder.ts';
import { describeField } from './parameters.ts';

const orDefault = ' `null` means the default that `endpoint.defaults` shows.';

export const GenerateImageInput = builder.inputType('GenerateImageInput', {
  description: 'An image as it is asked for.',
  fields: (t) => ({
    prompt: t.string({ required: true, description: `${describeField('prompt')} Not blank.` }),
    negativePrompt: t.string({ description: describeField('negativePrompt') + orDefault }),
    width: t.int({ description: describeField('width') + orDefault }),
    height: t.int({ description: describeField('height') + orDefault }),
    guidanceScale: t.float({ description: describeField('guidanceScale') + orDefault }),
    inferenceSteps: t.int({ description: describeField('inferenceSteps') + orDefault }),
    extra: t.field({
      type: 'JSONObject',
      description: `${extraField.description}. \`endpoint.limits.extraFields\` names those that pass.`,
    }),
    idempotencyKey: t.string({
      description:
        'A text of your own, of 1 to 256 characters: for 24 hours the same key and input lead to the same job, so that a repeated request does not cost a second image. A job that failed may be asked for again.',
    }),
  }),
});
