/** What went wrong, by cause. The union is closed: a `switch` over it can be exhaustive. */
export type ImageErrorCode =
  | 'invalid_request'
  | 'unauthorized'
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

/** What holds for every error of a code. */
export interface ErrorCodeFacts {
  /** Whether the same request may well succeed later, with nothing changed. */
  readonly retryable: boolean;
  /** What to do next, where the cause itself knows nothing better. */
  readonly hint: string;
}

/** The facts of each code. */
export const errorCodes: Readonly<Record<ImageErrorCode, ErrorCodeFacts>> = {
  invalid_request: { retryable: false, hint: 'Correct the named fields and send the request again.' },
  unauthorized: {
    retryable: false,
    hint: 'Check the token: it must be valid and have access to this endpoint. On Hugging Face, make one under Settings → Access Tokens.',
  },
  endpoint_not_found: {
    retryable: false,
    hint: 'Check the endpoint URL: copy it whole from the page of the endpoint.',
  },
  endpoint_unavailable: {
    retryable: true,
    hint: 'The endpoint is starting or full. Wait a few minutes and try again, or allow more time with timeout.total.',
  },
  endpoint_paused: {
    retryable: false,
    hint: 'The endpoint is paused and will not wake by itself. Resume it on its page, then try again.',
  },
  endpoint_failed: {
    retryable: false,
    hint: 'The endpoint could not start. Read its logs on its page, mend the handler and deploy it again.',
  },
  rate_limited: { retryable: true, hint: 'Send fewer requests at a time, or try again later.' },
  overloaded: { retryable: true, hint: 'Too much is waiting already. Try again later, or add a replica.' },
  handler_failed: {
    retryable: false,
    hint: 'The handler on the endpoint failed. Its own words are in the message; its logs say more.',
  },
  out_of_memory: {
    retryable: false,
    hint: 'Ask for a smaller picture (width × height), or run the endpoint on a larger machine.',
  },
  timeout: {
    retryable: true,
    hint: 'The endpoint may still be working on the picture. Allow more time, or ask for fewer steps or a smaller picture.',
  },
  network: { retryable: true, hint: 'Check the endpoint URL and that this machine can reach it.' },
  aborted: { retryable: true, hint: 'The caller stopped it. The endpoint may still finish the picture and bill it.' },
  unexpected_status: {
    retryable: false,
    hint: 'This is no answer of an inference endpoint. Check that the URL is the endpoint itself.',
  },
  invalid_response: {
    retryable: false,
    hint: 'The endpoint did not answer { "image": "<base64>" }. Check that its handler keeps that contract.',
  },
};

/** Where the page of a code stands; the gateway's own codes have theirs beside these. */
export function errorPage(code: string): string {
  return `https://github.com/tintype/tintype/blob/main/docs/errors/${code}.md`;
}
