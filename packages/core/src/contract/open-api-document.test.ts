import { expect, it } from 'vitest';
import { openApiDocument } from './open-api-document.ts';
import { requestJsonSchema } from './request-json-schema.ts';

const printed = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

it('the committed OpenAPI document is what the declaration says', async () => {
  await expect(printed(openApiDocument())).toMatchFileSnapshot('../../openapi.json');
});

it('the committed JSON Schema is what the declaration says', async () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Request of the Inference API',
    ...requestJsonSchema(),
  };
  await expect(printed(schema)).toMatchFileSnapshot('../../request.schema.json');
});

it('limits and defaults of an endpoint are in its schema', () => {
  const { properties } = requestJsonSchema({
    limits: { maxWidth: 1024, sizeMultiple: 64, maxPromptLength: 500 },
    defaults: { inferenceSteps: 4 },
  });
  expect(properties['width']).toMatchObject({ minimum: 64, maximum: 1024, multipleOf: 64 });
  expect(properties['inputs']).toMatchObject({ maxLength: 500 });
  expect(properties['inference_steps']).toMatchObject({ default: 4 });
});
