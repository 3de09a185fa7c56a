import type { ImageErrorCode } from '../errors/codes.ts';

export type ResponseCause = Exclude<ImageErrorCode, 'network' | 'aborted' | 'invalid_response'>;

// Gaps are bounded: an endpoint may send a long text of nothing but beginnings.
/** The toolkit looks both types up letter by letter. */
export const headersRefused = /\b(content|accept) type .{0,200} not supported/i;
const outOfMemory = /out of memory|outofmemory/i;
/** A safety checker's verdict; that a handler lacks one, or cannot load it, is a fault of its own. */
const contentRefused =
  /\bnsfw\b|content[ _]policy|moderation_blocked|\b(flagged|blocked|rejected|refused|violates?|violated)\b.{0,200}\b(safety|moderation|unsafe|policy)\b/i;

/**
 * The toolkit that runs a handler responds 400 to everything that goes wrong, the proxy before it 400 to an endpoint that
 * is not running: only the words tell them apart. Sources: huggingface-inference-toolkit (webservice_starlette.py),
 * diffusers (check_inputs), and the issues quoted in docs/errors.
 */
const wordings: readonly (readonly [RegExp, ResponseCause])[] = [
  [/invalid state|endpoint is paused/i, 'endpoint_paused'],
  [/endpoint is in error|endpoint (has )?failed/i, 'endpoint_failed'],
  [outOfMemory, 'out_of_memory'],
  [contentRefused, 'content_refused'],
  [/divisible by|needs to provide an? \S+ key|missing required field/i, 'invalid_request'],
  // Tintype's own endpoint and gateway say it of any member, an endpoint's extra ones among them.
  [/ must be .{0,300}; got /i, 'invalid_request'],
  // Others: of the request's own members only; a handler that says "tensors must be on one device" has a fault of its own.
  [
    /\b(request|parameters|inputs|\w{0,40}prompt|height|width|guidance_scale|\w{0,40}inference_steps)\b.{0,200} must be /i,
    'invalid_request',
  ],
  [headersRefused, 'invalid_request'],
  // A GraphQL server: the path is wrong, which is the likely slip with the address of a gateway.
  [/parameter \\?"inputs/i, 'endpoint_not_found'],
];

/** What a Tintype gateway's own codes mean to its caller. */
const gatewayCauses: ReadonlyMap<string, ResponseCause> = new Map([
  ['queue_full', 'overloaded'],
  ['idempotency_conflict', 'invalid_request'],
  ['not_found', 'invalid_request'],
  ['interrupted', 'endpoint_unavailable'],
  ['storage_failed', 'handler_failed'],
  ['internal', 'handler_failed'],
  ['network', 'endpoint_unavailable'],
]);
/** Its other codes stand for themselves, but for those about its own token, address and responses: there it is at fault. */
const sameForCaller =
  /^(invalid_request|content_refused|payment_required|endpoint_(unavailable|paused|failed)|overloaded|rate_limited|handler_failed|out_of_memory|timeout)$/;

const isOfGateway = /^(unauthorized|endpoint_not_found|unexpected_status|invalid_response)$/;
/** The status of a job that failed for good. */
const failedJob = 422;

/** Why a response is not an image: by a gateway's code, its status, and where that says nothing by its text. */
export function responseCause(status: number, text: string, upstreamCode = ''): ResponseCause {
  if (isSameForCaller(upstreamCode)) return upstreamCode;
  const ofGateway = gatewayCauses.get(upstreamCode);
  if (ofGateway !== undefined) return ofGateway;
  if (status === failedJob && isOfGateway.test(upstreamCode)) return 'handler_failed';
  switch (status) {
    case 200:
    case 400:
    case 422:
      return wordings.find(([words]) => words.test(text))?.[1] ?? 'handler_failed';
    case 401:
    case 403:
      return 'unauthorized';
    case 402:
      return 'payment_required';
    case 404:
    case 405:
    case 410:
      return 'endpoint_not_found';
    case 408:
    case 504:
      return 'timeout';
    case 413:
      return 'invalid_request';
    case 429:
      return 'rate_limited';
    case 451:
      return 'content_refused';
    case 500:
      if (outOfMemory.test(text)) return 'out_of_memory';
      return contentRefused.test(text) ? 'content_refused' : 'handler_failed';
    case 502:
      return 'endpoint_unavailable';
    case 503:
      return /queue|overload|too many|capacity|busy/i.test(text) ? 'overloaded' : 'endpoint_unavailable';
    default:
      return 'unexpected_status';
  }
}

function isSameForCaller(code: string): code is ResponseCause {
  return sameForCaller.test(code);
}
