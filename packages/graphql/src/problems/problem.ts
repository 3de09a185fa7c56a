import type { ErrorData, KnownImageError, RequestIssue } from '@tintype/core';
import { errorCodes, type ErrorCode } from '../jobs/error-codes.ts';

/** How a store fails, for everyone who asks something of it. */
export type StoreFailure =
  /** `place` and `detail` are the operator's. */
  | { readonly reason: 'unreachable'; readonly place?: string | undefined; readonly detail?: string | undefined }
  | { readonly reason: 'full'; readonly place: 'disk' | 'redis' }
  | { readonly reason: 'in_use'; readonly place: string }
  | { readonly reason: 'not_writable'; readonly place: string; readonly detail: string }
  | { readonly reason: 'damaged'; readonly place: string; readonly detail: string }
  | {
      readonly reason: 'wrong_version';
      readonly place: string;
      readonly of: 'version' | 'format';
      readonly found: string;
      readonly needed: string;
    };

/** What the store was asked for. */
export type StoreTask = 'accept_job' | 'delete_image' | 'read_image';

/**
 * What went wrong, as data: plain JSON, kept in the records of jobs and worded when it is read (`describeProblem`). What the
 * endpoint did is core's error.
 */
export type Problem =
  | ({ readonly kind: 'endpoint_error' } & EndpointErrorData)
  | { readonly kind: 'invalid_input'; readonly issues: readonly RequestIssue[] }
  | { readonly kind: 'queue_full'; readonly queued: number; readonly limit: number }
  | { readonly kind: 'rate_limited'; readonly retryAfterMs: number }
  | { readonly kind: 'idempotency_conflict' }
  | { readonly kind: 'not_found'; readonly what: 'job' | 'image' }
  /** `unknown`: there may never have been one. */
  | { readonly kind: 'image_gone'; readonly why: 'deleted' | 'not_in_store' | 'unknown' }
  | { readonly kind: 'already_finished'; readonly status: 'SUCCEEDED' | 'FAILED' }
  | { readonly kind: 'canceled'; readonly by: 'request' | 'caller_left' | 'closing' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'closing' }
  /** The image was made, and could not be kept. */
  | { readonly kind: 'not_stored' }
  | { readonly kind: 'storage_failed'; readonly task?: StoreTask | undefined; readonly failure: StoreFailure }
  | { readonly kind: 'internal'; readonly requestId?: string | undefined }
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'no_route'; readonly path: string; readonly isWorker: boolean }
  | { readonly kind: 'wrong_method'; readonly method: string; readonly path: string; readonly allow: string }
  /** Refused before it was read, in words that the servers of this project share. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string; readonly hint: string };

/** An error of core's client as it is kept. */
export type EndpointErrorData = ErrorData & { readonly retryable: boolean };

/** What is kept of an error of core's client: what `explain` needs. */
export function endpointProblem({ code, facts, remedy, status, retryable }: KnownImageError): Problem {
  return { kind: 'endpoint_error', code, facts, remedy, retryable, ...(status === undefined ? {} : { status }) };
}

/** The cause, from the closed list; `internal` where another version recorded one that this version does not know. */
export function codeOf(problem: Problem): ErrorCode {
  const code: ErrorCode | undefined = problem.kind === 'endpoint_error' ? problem.code : codes[problem.kind];
  return errorCodes.includes(code) ? code : 'internal';
}

const codes: Readonly<Record<Exclude<Problem['kind'], 'endpoint_error'>, ErrorCode>> = {
  invalid_input: 'invalid_request',
  queue_full: 'queue_full',
  rate_limited: 'rate_limited',
  idempotency_conflict: 'idempotency_conflict',
  not_found: 'not_found',
  image_gone: 'not_found',
  already_finished: 'already_finished',
  canceled: 'aborted',
  interrupted: 'interrupted',
  closing: 'interrupted',
  not_stored: 'storage_failed',
  storage_failed: 'storage_failed',
  internal: 'internal',
  unauthenticated: 'unauthorized',
  no_route: 'endpoint_not_found',
  wrong_method: 'invalid_request',
  refused: 'invalid_request',
};
