import { requestFields, type RequestDefaults } from '@tintype/core';
import type { EndpointDescription } from '../gateway/gateway-services.ts';
import type { InputRules } from '../gateway/input-checker.ts';
import { builder } from './builder.ts';
import { describeField } from './parameters.ts';

const GenerationDefaults = builder.objectRef<RequestDefaults>('GenerationDefaults').implement({
  description: 'What stands in for a field that is left out or `null`.',
  fields: (t) => ({
    negativePrompt: t.string({
      nullable: true,
      resolve: ({ negativePrompt }) => negativePrompt,
      description: describeField('negativePrompt'),
    }),
    width: t.int({
      resolve: ({ width }) => width ?? requestFields.width.default,
      description: describeField('width'),
    }),
    height: t.int({
      resolve: ({ height }) => height ?? requestFields.height.default,
      description: describeField('height'),
    }),
    guidanceScale: t.float({
      resolve: ({ guidanceScale }) => guidanceScale ?? requestFields.guidanceScale.default,
      description: describeField('guidanceScale'),
    }),
    inferenceSteps: t.int({
      resolve: ({ inferenceSteps }) => inferenceSteps ?? requestFields.inferenceSteps.default,
      description: describeField('inferenceSteps'),
    }),
  }),
});

const GenerationLimits = builder.objectRef<InputRules>('GenerationLimits').implement({
  description: 'What the operator allows; `null` means no limit.',
  fields: (t) => {
    const limit = (name: Exclude<keyof InputRules['limits'], 'maxGuidanceScale'>, description: string) =>
      t.int({ nullable: true, resolve: ({ limits }) => limits[name], description });
    return {
      maxPixels: limit('maxPixels', 'Most pixels in one image, width × height.'),
      maxWidth: limit('maxWidth', 'Greatest width in pixels.'),
      maxHeight: limit('maxHeight', 'Greatest height in pixels.'),
      maxInferenceSteps: limit('maxInferenceSteps', 'Most denoising steps.'),
      maxGuidanceScale: t.float({
        nullable: true,
        resolve: ({ limits }) => limits.maxGuidanceScale,
        description: 'Greatest guidance scale.',
      }),
      maxPromptLength: limit('maxPromptLength', 'Longest prompt and negative prompt, in characters.'),
      sizeMultiple: t.int({
        resolve: ({ limits }) => limits.sizeMultiple ?? requestFields.width.multipleOf,
        description: 'What width and height must be multiples of, in pixels.',
      }),
      extraFields: t.stringList({
        resolve: ({ extraFields }) => extraFields,
        description: 'The members that `extra` may hold.',
      }),
    };
  },
});

const Endpoint = builder.objectRef<EndpointDescription>('Endpoint').implement({
  description: 'The inference endpoint behind the gateway. Its address and token are never shown.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the records of jobs and images.' }),
    defaults: t.field({
      type: GenerationDefaults,
      resolve: ({ rules }) => rules.defaults,
      description: 'What stands in for a field that is left out.',
    }),
    limits: t.field({ type: GenerationLimits, resolve: ({ rules }) => rules, description: 'What it allows.' }),
  }),
});

builder.queryField('endpoint', (t) =>
  t.field({
    type: Endpoint,
    description: 'The endpoint that makes the images, with its defaults and limits.',
    resolve: (_, _args, { services }) => services.endpoint,
  }),
);
