import type { RequestIssue } from '@tintype/core';
import { errorCodeMeanings, type ErrorCode } from '../jobs/error-codes.ts';
import { describeProblem, type ProblemDescription } from '../problems/describe-problem.ts';
import type { Problem } from '../problems/problem.ts';
import { builder } from './builder.ts';
import { typeNameOf } from './type-name-of.ts';

/** A problem in the words of its reader, with the type it has in the schema. */
export type SchemaError = ProblemDescription & { readonly __typename: string };

export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'Why something did not work, by cause.',
  values: Object.fromEntries(
    Object.entries(errorCodeMeanings).map(([code, description]) => [
      code.toUpperCase(),
      { value: code as ErrorCode, description },
    ]),
  ),
});

export const ErrorInterface = builder.interfaceRef<SchemaError>('Error').implement({
  description: 'What went wrong, and what to do about it.',
  resolveType: typeNameOf,
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What happened, to what, with which value.' }),
    code: t.field({ type: ErrorCodeEnum, resolve: ({ code }) => code, description: 'The cause.' }),
    hint: t.string({ nullable: true, resolve: ({ hint }) => hint, description: 'What to do next.' }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether the same request may well succeed later, with nothing changed.',
    }),
    docs: t.exposeString('docs', { description: 'Address of the page that explains the code.' }),
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

interface InvalidInput extends SchemaError {
  readonly issues: readonly RequestIssue[];
}

export const InvalidInputError = builder.objectRef<InvalidInput>('InvalidInputError').implement({
  description: 'The input breaks the rules. All problems are named at once; nothing was sent and nothing is billed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({ type: [InputIssue], resolve: ({ issues }) => issues, description: 'Every problem.' }),
  }),
});

export const EndpointError = builder.objectRef<SchemaError>('EndpointError').implement({
  description: 'The job ended without an image: the endpoint did not make it, or it could not be kept.',
  interfaces: [ErrorInterface],
});

export const CanceledError = builder.objectRef<SchemaError>('CanceledError').implement({
  description: 'The job was canceled.',
  interfaces: [ErrorInterface],
});

interface QueueFull extends SchemaError {
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

interface RateLimited extends SchemaError {
  readonly retryAfterMs: number;
}

export const RateLimitedError = builder.objectRef<RateLimited>('RateLimitedError').implement({
  description: 'Too many images were asked for in a short time. Nothing was sent and nothing is billed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterMs: t.exposeInt('retryAfterMs', { description: 'When to ask again, in milliseconds from now.' }),
  }),
});

export const IdempotencyConflictError = builder.objectRef<SchemaError>('IdempotencyConflictError').implement({
  description: 'The idempotency key was used in the last 24 hours with another input.',
  interfaces: [ErrorInterface],
});

export const NotFoundError = builder.objectRef<SchemaError>('NotFoundError').implement({
  description: 'There is nothing with this id, or it belongs to someone else.',
  interfaces: [ErrorInterface],
});

export const AlreadyFinishedError = builder.objectRef<SchemaError>('AlreadyFinishedError').implement({
  description: 'The job had ended before it could be canceled.',
  interfaces: [ErrorInterface],
});

const typeNames = {
  invalid_input: 'InvalidInputError',
  queue_full: 'QueueFullError',
  rate_limited: 'RateLimitedError',
  idempotency_conflict: 'IdempotencyConflictError',
  not_found: 'NotFoundError',
  already_finished: 'AlreadyFinishedError',
  canceled: 'CanceledError',
} as const satisfies Partial<Record<Problem['kind'], string>>;

/** A problem as an error of the schema; what is not the caller's doing is the endpoint's, or its store's. */
export function errorOf(problem: Problem): SchemaError {
  const { kind } = problem;
  const typeName = kind in typeNames ? typeNames[kind as keyof typeof typeNames] : 'EndpointError';
  return { ...problem, ...describeProblem(problem, 'caller'), __typename: typeName };
}
