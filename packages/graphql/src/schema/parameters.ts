import { extraField, requestFields, type RequestFieldName, type ResolvedRequest } from '@tintype/core';
import { builder } from './builder.ts';

/** A field's documentation, from the one declaration of the request. */
export function describeField(name: RequestFieldName): string {
  const { description, ...facts }: { description: string; unit?: string; minimum?: number; multipleOf?: number } =
    requestFields[name];
  const unit = facts.unit === undefined ? '' : `, in ${facts.unit}`;
  const multiple = facts.multipleOf === undefined ? '' : `, a multiple of ${facts.multipleOf}`;
  const minimum = facts.minimum === undefined ? '' : `, ${facts.minimum} or more`;
  return `${description}${unit}${multiple}${minimum}.`;
}

export const GenerationParameters = builder.objectRef<ResolvedRequest>('GenerationParameters').implement({
  description: 'What an image was made from, with all defaults filled in.',
  fields: (t) => ({
    prompt: t.exposeString('prompt', { description: describeField('prompt') }),
    negativePrompt: t.string({
      nullable: true,
      resolve: ({ negativePrompt }) => negativePrompt,
      description: describeField('negativePrompt'),
    }),
    width: t.exposeInt('width', { description: describeField('width') }),
    height: t.exposeInt('height', { description: describeField('height') }),
    guidanceScale: t.exposeFloat('guidanceScale', { description: describeField('guidanceScale') }),
    inferenceSteps: t.exposeInt('inferenceSteps', { description: describeField('inferenceSteps') }),
    extra: t.field({ type: 'JSONObject', resolve: ({ extra }) => extra, description: `${extraField.description}.` }),
  }),
});
