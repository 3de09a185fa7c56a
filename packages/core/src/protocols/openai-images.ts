import { pipelineParameters } from '../contract/wire-request.ts';
import { commonPlaces, type Protocol } from './protocol.ts';

const route = '/images/generations';
/** These respond with base64 anyway, and refuse to be told. */
const alwaysBase64 = /^(chat)?gpt-image/;

/**
 * OpenAI's images API and the many servers that follow it: `POST …/images/generations`, with the fields that were given.
 * Those that OpenAI has no name for go by diffusers' names, which other servers read.
 */
export const openAiImages = {
  name: 'openai',
  needsModel: true,
  accept: 'application/json',
  imagePlaces: commonPlaces,
  // https://platform.openai.com/docs/guides/error-codes
  causes: {
    billing_hard_limit_reached: 'payment_required',
    content_policy_violation: 'content_refused',
    insufficient_quota: 'payment_required',
    model_not_found: 'invalid_request',
    moderation_blocked: 'content_refused',
  },
  requestUrl: (endpoint) => {
    const url = new URL(endpoint);
    const path = url.pathname.replace(/\/+$/, '');
    url.pathname = path.endsWith(route) ? path : path + route;
    return url;
  },
  healthUrl: () => undefined,
  body: (request, model) => {
    const { width, height, ...parameters } = pipelineParameters(request);
    const hasSize = width !== undefined || height !== undefined;
    return {
      ...(model !== undefined && alwaysBase64.test(model) ? {} : { response_format: 'b64_json' }),
      ...request.extra,
      model,
      prompt: request.prompt,
      n: 1,
      ...(hasSize ? { size: `${request.width}x${request.height}` } : {}),
      ...parameters,
    };
  },
} as const satisfies Protocol;
