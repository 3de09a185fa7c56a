/** What went wrong, by cause. The union is closed: a `switch` over it can be exhaustive. */
export type ImageErrorCode =
  | 'invalid_request'
  | 'unauthorized'
  | 'payment_required'
  | 'content_refused'
  | 'endpoint_not_found'
  | 'endpoint_unavailable'
  | 'endpoint_paused'
  | 'endpoint_failed'
  | 'rate_limited'
  | 'overloaded'
  | 'handler_failed'
  | 'out_of_memory'
  | 'timeout'
  | 'network'
  | 'aborted'
  | 'unexpected_status'
  | 'invalid_response';

const passing: ReadonlySet<ImageErrorCode> = new Set([
  'endpoint_unavailable',
  'rate_limited',
  'overloaded',
  'timeout',
  'network',
  'aborted',
]);

/** Whether the same request may well succeed later, with nothing changed. */
export function isRetryable(code: ImageErrorCode): boolean {
  return passing.has(code);
}

/** The page that explains a code; a gateway's own codes have theirs beside these. */
export function errorPage(code: string): string {
  return `https://github.com/tintype/tintype/blob/main/docs/errors/${code}.md`;
}
