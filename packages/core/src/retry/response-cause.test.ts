import { describe, expect, it } from 'vitest';
import { responseCause, type ResponseCause } from './response-cause.ts';

describe('what the toolkit and the proxy before it say with one and the same status', () => {
  it.each<[string, ResponseCause]>([
    ['CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 15.78 GiB total capacity)', 'out_of_memory'],
    ['OutOfMemoryError: HIP', 'out_of_memory'],
    ['`height` and `width` have to be divisible by 8 but are 500 and 512.', 'invalid_request'],
    ['Body needs to provide a inputs key', 'invalid_request'],
    ['Body needs to provide an inputs key, recieved: {}', 'invalid_request'],
    ['guidance_scale must be a number, 0 or more; got "7".', 'invalid_request'],
    ['scheduler must be one of ddim, euler; got "nope".', 'invalid_request'],
    ['`num_inference_steps` must be a positive integer', 'invalid_request'],
    ['Content type "application/json; charset=utf-8" not supported. Supported content types are: …', 'invalid_request'],
    ['Accept type "application/json, text/plain, */*" not supported. Supported accept types are: …', 'invalid_request'],
    ['Bad Request: Invalid state', 'endpoint_paused'],
    ['Bad Request: Your endpoint is in error, check its status on endpoints.huggingface.co', 'endpoint_failed'],
    ['{"errors":[{"message":"Unexpected parameter \\"inputs\\" in the request body."}]}', 'endpoint_not_found'],
    ['NSFW content detected', 'content_refused'],
    ['{"code":"content_policy_violation","message":"Rejected"}', 'content_refused'],
    ['Your request was rejected as a result of our safety system.', 'content_refused'],
    ["'StableDiffusionPipeline' object has no attribute 'safety_checker'", 'handler_failed'],
    ["'height'", 'handler_failed'],
    ['Expected all tensors to be on the same device', 'handler_failed'],
    ['mat1 and mat2 must be of one type', 'handler_failed'],
    ['', 'handler_failed'],
  ])('400 %j is %s', (text, cause) => {
    expect(responseCause(400, text)).toBe(cause);
  });
});

it.each<[number, string, ResponseCause]>([
  [401, '', 'unauthorized'],
  [402, 'Payment Required', 'payment_required'],
  [403, '', 'unauthorized'],
  [404, '', 'endpoint_not_found'],
  [405, '', 'endpoint_not_found'],
  [408, '', 'timeout'],
  [413, 'Payload Too Large', 'invalid_request'],
  [418, '', 'unexpected_status'],
  [429, '', 'rate_limited'],
  [500, 'oops', 'handler_failed'],
  [500, 'CUDA out of memory', 'out_of_memory'],
  [502, '', 'endpoint_unavailable'],
  [503, 'Service Unavailable', 'endpoint_unavailable'],
  [503, 'Too many requests in queue', 'overloaded'],
  [504, '', 'timeout'],
])('%i %j is %s', (status, text, cause) => {
  expect(responseCause(status, text)).toBe(cause);
});

it.each<[number, string, ResponseCause]>([
  [503, 'queue_full', 'overloaded'],
  [409, 'idempotency_conflict', 'invalid_request'],
  [410, 'not_found', 'invalid_request'],
  [503, 'interrupted', 'endpoint_unavailable'],
  [503, 'storage_failed', 'handler_failed'],
  [500, 'internal', 'handler_failed'],
  // What a gateway says of itself; its caller's own token is refused with 401.
  [422, 'unauthorized', 'handler_failed'],
  [401, 'unauthorized', 'unauthorized'],
  [422, 'network', 'endpoint_unavailable'],
  [422, 'out_of_memory', 'out_of_memory'],
  [400, 'constructor', 'handler_failed'],
])('%i with a gateway’s code %s is %s', (status, code, cause) => {
  expect(responseCause(status, '', code)).toBe(cause);
});

it.each(['flagged ', ' must be ', 'prompt ', 'aprompt ', 'content type ', 'missing '])(
  'reads a long text of %j in little more time than a short one',
  (part) => {
    expect(responseCause(400, part.repeat(150_000))).toBe('handler_failed');
  },
);
