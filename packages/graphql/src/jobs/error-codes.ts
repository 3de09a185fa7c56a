import type { ImageErrorCode } from '@tintype/core';

/** What can go wrong in the gateway itself, beside core's codes. */
export type GatewayErrorCode =
  | 'queue_full'
  | 'idempotency_conflict'
  | 'not_found'
  | 'already_finished'
  | 'interrupted'
  | 'storage_failed'
  | 'internal';

/** Every code that an error of the gateway can carry. */
export type ErrorCode = ImageErrorCode | GatewayErrorCode;

/** The codes with what each means, for the schema and the documentation. */
export const errorCodeMeanings: Readonly<Record<ErrorCode, string>> = {
  invalid_request: 'The input breaks the rules; `issues` names every problem.',
  unauthorized: "The endpoint refused the gateway's token. Only the operator can fix it.",
  payment_required: 'The endpoint requires payment. Only the operator can fix it.',
  content_refused: 'The endpoint rejected the prompt or the image as unsafe.',
  endpoint_not_found: "There is no endpoint at the gateway's configured address.",
  endpoint_unavailable: 'The endpoint did not come up in time: it is starting, or full.',
  endpoint_paused: 'The endpoint is paused and does not wake by itself.',
  endpoint_failed: 'The endpoint could not start.',
  rate_limited: 'Too many requests in a short time.',
  overloaded: 'The endpoint has too many requests waiting.',
  handler_failed: "The endpoint's handler failed on this request.",
  out_of_memory: "The image is too large for the endpoint's memory.",
  timeout: 'A deadline passed; the endpoint may still be working on the image.',
  network: 'The endpoint could not be reached, or the connection broke.',
  aborted: 'The job was canceled.',
  unexpected_status: 'What responded is not an inference endpoint.',
  invalid_response: 'The endpoint responded, but not with an image.',
  queue_full: 'The gateway has as many jobs queued as it takes.',
  idempotency_conflict: 'The idempotency key was used before, with another input.',
  not_found: 'There is nothing with this id, or it belongs to someone else.',
  already_finished: 'The job had ended before it could be canceled.',
  interrupted: 'The gateway went down while the job was in flight, and is set not to run such jobs again.',
  storage_failed: 'The gateway could not write to its store.',
  internal: "An unhandled error in the gateway; its log has the details under the request's id.",
};

/** Every code, in the order of the documentation. */
export const errorCodes = Object.keys(errorCodeMeanings) as readonly ErrorCode[];
