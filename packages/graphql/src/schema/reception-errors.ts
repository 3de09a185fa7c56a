import { summarizeIssues, type RequestIssue } from '@tintype/core';
import type { Reception } from '../gateway/gateway-services.ts';
import type { ErrorFacts } from './errors.ts';

type Refusal = Exclude<Reception, { readonly kind: 'accepted' }>;

/** An error of the schema, with the facts that its own type adds. */
export type RefusalError = ErrorFacts & {
  readonly issues?: readonly RequestIssue[];
  readonly queued?: number;
  readonly limit?: number;
  readonly retryAfterMs?: number;
};

/** The error of the schema that says why a request was not accepted. */
export function errorOfRefusal(refusal: Refusal): RefusalError {
  switch (refusal.kind) {
    case 'invalid': {
      const { issues } = refusal;
      return {
        __typename: 'InvalidInputError',
        code: 'invalid_request',
        message: summarizeIssues(issues),
        hint: 'Correct what `issues` names and send the request again.',
        retryable: false,
        issues,
      };
    }
    case 'full': {
      const { queued, limit } = refusal;
      return {
        __typename: 'QueueFullError',
        code: 'queue_full',
        message: `The gateway has ${queued} jobs queued, and takes at most ${limit}.`,
        hint: 'Ask again when some have ended.',
        retryable: true,
        queued,
        limit,
      };
    }
    case 'limited': {
      const { retryAfterMs } = refusal;
      return {
        __typename: 'RateLimitedError',
        code: 'rate_limited',
        message: 'Too many pictures were asked for in a short time.',
        hint: `Ask again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
        retryable: true,
        retryAfterMs,
      };
    }
    case 'conflict': {
      return {
        __typename: 'IdempotencyConflictError',
        code: 'idempotency_conflict',
        message: 'The idempotency key was used in the last 24 hours with another input.',
        hint: 'Use a new key for a new request; repeat a request with exactly the same input.',
        retryable: false,
      };
    }
    default: {
      return refusal satisfies never;
    }
  }
}
