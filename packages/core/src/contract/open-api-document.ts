import { requestJsonSchema } from './request-json-schema.ts';

/** The OpenAPI 3.1 document of the Inference API, from the declaration. */
export function openApiDocument(): Readonly<Record<string, unknown>> {
  const error = (description: string): Readonly<Record<string, unknown>> => ({
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Inference API',
      version: '1.0.0',
      description: 'A text-to-image endpoint: one prompt in, one image out.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: '{endpoint}',
        variables: { endpoint: { default: 'http://127.0.0.1:8080', description: "The endpoint's URL" } },
      },
    ],
    security: [{ token: [] }],
    paths: {
      '/': {
        post: {
          operationId: 'generateImage',
          summary: 'Makes one image',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Request' } } },
          },
          responses: {
            200: {
              description: 'The image, JPEG or PNG, as base64',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Image' } } },
            },
            400: error('The request is wrong, or the handler failed: the text tells which'),
            401: error('The token is missing or wrong'),
            503: error('The endpoint is starting, or too much is waiting'),
          },
        },
      },
      '/health': {
        get: {
          operationId: 'health',
          summary: 'Whether the endpoint is ready; costs no image',
          responses: { 200: { description: 'Ready' }, 503: { description: 'Starting' } },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Request: requestJsonSchema(),
        Image: {
          type: 'object',
          properties: {
            image: { type: 'string', contentEncoding: 'base64', description: 'JPEG or PNG; look at the first bytes' },
          },
          required: ['image'],
          additionalProperties: true,
        },
        Error: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] },
      },
    },
  };
}
