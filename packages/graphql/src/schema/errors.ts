import { errorPage, type RequestIssue } from '@tintype/core';
import { errorCodeMeanings, type ErrorCode } from '../jobs/error-codes.ts';
import type { JobFailure, JobRecord } from '../jobs/job-record.ts';
import { builder } from './builder.ts';
import { typeNameOf } from './type-name-of.ts';

/** The facts that every error of the schema carries. */
export interface ErrorFacts {
  readonly __typename: string;
  readonly message: string;
  readonly code: ErrorCode;
  readonly hint?: string | undefined;
  readonly retryable: boolean;
}

export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'Why something did not work, by cause.',
  values: Object.fromEntries(
    Object.entries(errorCodeMeanings).map(([code, description]) => [
      code.toUpperCase(),
      { value: code as ErrorCode, description },
    ]),
  ),
});

export const ErrorInterface = builder.interfaceRef<ErrorFacts>('Error').implement({
  description: 'What went wrong, and what to do about it.',
  resolveType: typeNameOf,
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What happened, to what, with which value.' }),
    code: t.field({ type: ErrorCodeEnum, resolve: ({ code }) => code, description: 'The cause.' }),
    hint: t.string({ nullable: true, resolve: ({ hint }) => hint, description: 'What to do next.' }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether the same request may well succeed later, with nothing changed.',
    }),
    docs: t.string({
      resolve: ({ code }) => errorPage(code),
      description: 'Address of the page that explains the code.',
    }),
  }),
});

const InputIssue = builder.objectRef<RequestIssue>('InputIssue').implement({
  description: 'One thing that is wrong with an input.',
  fields: (t) => ({
    path: t.stringList({
      resolve: ({ path }) => path.map(String),
      description: 'Where in the input, such as `["width"]`; empty for the input as a whole.',
    }),
    message: t.exposeString('message', { description: 'A whole sentence: the field, what was got, what is allowed.' }),
    got: t.exposeString('got', { description: 'What stood there, as short JSON; `nothing` where it was missing.' }),
    allowed: t.exposeString('allowed', { description: 'What may stand there.' }),
    nearest: t.floatList({
      nullable: true,
      resolve: ({ nearest }) => nearest,
      description: 'The nearest valid values, for numbers that can be rounded to one.',
    }),
  }),
});

interface InvalidInput extends ErrorFacts {
  readonly issues: readonly RequestIssue[];
}

export const InvalidInputError = builder.objectRef<InvalidInput>('InvalidInputError').implement({
  description: 'The input breaks the rules. All problems are named at once; nothing was sent and nothing is billed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({ type: [InputIssue], resolve: ({ issues }) => issues, description: 'Every problem.' }),
  }),
});

export const EndpointError = builder.objectRef<ErrorFacts>('EndpointError').implement({
  description: 'The job ended without a picture: the endpoint did not make it, or it could not be kept.',
  interfaces: [ErrorInterface],
});

export const CanceledError = builder.objectRef<ErrorFacts>('CanceledError').implement({
  description: 'The job was canceled.',
  interfaces: [ErrorInterface],
});

interface QueueFull extends ErrorFacts {
  readonly queued: number;
  readonly limit: number;
}

export const QueueFullError = builder.objectRef<QueueFull>('QueueFullError').implement({
  description: 'As many jobs are queued as the gateway takes. Nothing was sent and nothing is billed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    queued: t.exposeInt('queued', { description: 'How many jobs are queued.' }),
    limit: t.exposeInt('limit', { description: 'How many may be.' }),
  }),
});

interface RateLimited extends ErrorFacts {
  readonly retryAfterMs: number;
}

export const RateLimitedError = builder.objectRef<RateLimited>('RateLimitedError').implement({
  description: 'Too many pictures were asked for in a short time. Nothing was sent and nothing is billed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterMs: t.exposeInt('retryAfterMs', { description: 'When to ask again, in milliseconds from now.' }),
  }),
});

export const IdempotencyConflictError = builder.objectRef<ErrorFacts>('IdempotencyConflictError').implement({
  description: 'The idempotency key was used in the last 24 hours with another input.',
  interfaces: [ErrorInterface],
});

export const NotFoundError = builder.objectRef<ErrorFacts>('NotFoundError').implement({
  description: 'There is nothing with this id, or it belongs to someone else.',
  interfaces: [ErrorInterface],
});

export const AlreadyFinishedError = builder.objectRef<ErrorFacts>('AlreadyFinishedError').implement({
  description: 'The job had ended before it could be canceled.',
  interfaces: [ErrorInterface],
});

/** Why a job has no picture, as an error of the schema. */
export function errorOfJob({ status, failure }: JobRecord): ErrorFacts | undefined {
  return failure === undefined
    ? undefined
    : { __typename: status === 'CANCELED' ? 'CanceledError' : 'EndpointError', ...(failure satisfies JobFailure) };
}
