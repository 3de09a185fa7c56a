import type { ImageErrorCode } from '../errors/error-codes.ts';

export type AnswerCause = Exclude<ImageErrorCode, 'network' | 'aborted' | 'invalid_response'>;

/** The toolkit looks both types up letter by letter. */
export const headersRefused = /\b(content|accept) type .* not supported/i;
const outOfMemory = /out of memory|outofmemory/i;

/**
 * The toolkit that runs a handler answers 400 to everything that goes wrong, the proxy before it 400 to an endpoint that
 * is not running: only the words tell them apart. Sources: huggingface-inference-toolkit (webservice_starlette.py),
 * diffusers (check_inputs), and the issues quoted in docs/errors.
 */
const wordings: readonly (readonly [RegExp, AnswerCause])[] = [
  [/invalid state|endpoint is paused/i, 'endpoint_paused'],
  [/endpoint is in error|endpoint (has )?failed/i, 'endpoint_failed'],
  [outOfMemory, 'out_of_memory'],
  [/divisible by|needs to provide an? \S+ key|missing required field/i, 'invalid_request'],
  // Tintype's own endpoint and gateway say it of any member, an endpoint's extra ones among them.
  [/ must be .*; got /i, 'invalid_request'],
  // Others: of the request's own members only; a handler that says "tensors must be on one device" has a fault of its own.
  [
    /\b(request|parameters|inputs|\w*prompt|height|width|guidance_scale|\w*inference_steps)\b.* must be /i,
    'invalid_request',
  ],
  [headersRefused, 'invalid_request'],
];

/** Why an answer is no picture: by its status, and where that says nothing by its text. */
export function answerCause(status: number, text: string): AnswerCause {
  switch (status) {
    case 200:
    case 400:
    case 422:
      return wordings.find(([words]) => words.test(text))?.[1] ?? 'handler_failed';
    case 401:
    case 403:
      return 'unauthorized';
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
    case 500:
      return outOfMemory.test(text) ? 'out_of_memory' : 'handler_failed';
    case 502:
      return 'endpoint_unavailable';
    case 503:
      return /queue|overload|too many|capacity|busy/i.test(text) ? 'overloaded' : 'endpoint_unavailable';
    default:
      return 'unexpected_status';
  }
}
