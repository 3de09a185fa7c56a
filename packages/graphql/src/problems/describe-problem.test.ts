import { ImageError } from '@tintype/core';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../jobs/error-codes.ts';
import { describeProblem } from './describe-problem.ts';
import { codeOf, endpointProblem, type Problem, type StoreFailure } from './problem.ts';

type Samples = { readonly [Kind in Problem['kind']]: Problem & { readonly kind: Kind } };

const network = new ImageError({
  code: 'network',
  facts: { endpoint: 'http://model:8080/hidden/', failure: 'ECONNREFUSED', stage: 'not_sent' },
});

const samples: Omit<Samples, 'endpoint_error'> = {
  invalid_input: {
    kind: 'invalid_input',
    issues: [{ path: ['width'], message: 'Width is odd.', got: '3', allowed: 'even' }],
  },
  queue_full: { kind: 'queue_full', queued: 3, limit: 3 },
  rate_limited: { kind: 'rate_limited', retryAfterMs: 1_500 },
  idempotency_conflict: { kind: 'idempotency_conflict' },
  not_found: { kind: 'not_found', what: 'job' },
  image_gone: { kind: 'image_gone', why: 'deleted' },
  already_finished: { kind: 'already_finished', status: 'SUCCEEDED' },
  canceled: { kind: 'canceled', by: 'request' },
  interrupted: { kind: 'interrupted' },
  closing: { kind: 'closing' },
  not_stored: { kind: 'not_stored' },
  storage_failed: {
    kind: 'storage_failed',
    failure: { reason: 'unreachable', place: 's3://hidden/x', detail: 'hidden' },
  },
  internal: { kind: 'internal', requestId: 'r1' },
  unauthenticated: { kind: 'unauthenticated' },
  no_route: { kind: 'no_route', path: '/x', isWorker: false },
  wrong_method: { kind: 'wrong_method', method: 'PUT', path: '/x', allow: 'GET' },
  refused: { kind: 'refused', status: 415, message: 'Not this.', hint: 'Send that.' },
};

const failures: readonly StoreFailure[] = [
  { reason: 'unreachable' },
  { reason: 'unreachable', place: 'Redis' },
  { reason: 'full', place: 'disk' },
  { reason: 'full', place: 'redis' },
  { reason: 'in_use', place: '/hidden/tintype.db' },
  { reason: 'damaged', place: '/hidden/tintype.db', detail: 'hidden' },
  { reason: 'wrong_version', place: '/hidden/tintype.db', of: 'format', found: '9', needed: '1' },
];

const problems: readonly Problem[] = [
  ...Object.values(samples),
  ...failures.map((failure) => ({ kind: 'storage_failed', failure }) as const),
  { kind: 'storage_failed', task: 'accept_job', failure: { reason: 'unreachable' } },
  { kind: 'image_gone', why: 'not_in_store' },
  { kind: 'canceled', by: 'caller_left' },
];

describe.each(problems)('$kind', (problem) => {
  test('is worded for caller and operator, with a code of the list and its page', () => {
    for (const reader of ['caller', 'operator'] as const) {
      const { message, hint, code, docs, status } = describeProblem(problem, reader);
      for (const text of [message, hint]) expect(text).toMatch(/^[\S].*\.$/);
      expect(errorCodes).toContain(code);
      expect(docs).toContain(`/docs/errors/${codeOf(problem)}.md`);
      expect(status).toBeGreaterThan(399);
    }
    expect(JSON.stringify(describeProblem(problem, 'caller'))).not.toMatch(/hidden|Redis|s3:/);
  });
});

test('an error of the endpoint is worded by core, from what a job’s record keeps of it', () => {
  if (!ImageError.isInstance(network)) throw network;
  const kept = JSON.parse(JSON.stringify(endpointProblem(network))) as Problem;
  expect(describeProblem(kept, 'operator').message).toBe(network.message);
  expect(describeProblem(kept, 'caller')).toMatchObject({
    code: 'network',
    message: 'The endpoint could not be reached (ECONNREFUSED).',
    retryable: true,
    status: 422,
  });
});

test('names are those of the reader’s protocol', () => {
  const conflict: Problem = { kind: 'idempotency_conflict' };
  expect(describeProblem(conflict, 'caller').message).toContain('The idempotencyKey was used');
  expect(describeProblem(conflict, 'caller', { idempotencyKey: 'Idempotency-Key' }).message).toContain(
    'The Idempotency-Key was used',
  );
});

test.each([
  ['before errors were data', { code: 'timeout', message: 'No image from http://hidden/.', retryable: true }],
  ['of a kind that a later version has', { kind: 'moon_in_the_way', hidden: true }],
  ['of a code that a later version has', { kind: 'endpoint_error', code: 'moon_in_the_way', facts: {}, remedy: {} }],
])('a record %s is read', (_case, record) => {
  const kept = JSON.parse(JSON.stringify(record)) as Problem;
  for (const reader of ['caller', 'operator'] as const) {
    expect(describeProblem(kept, reader)).toEqual({
      code: 'internal',
      docs: expect.stringContaining('/internal.md'),
      retryable: false,
      status: 422,
      message: 'The job failed, and another version of Tintype recorded why.',
      hint: 'Request the image again.',
    });
  }
});

test('a record with a remedy that a later version has is read', () => {
  if (!ImageError.isInstance(network)) throw network;
  const kept = { ...endpointProblem(network), remedy: { kind: 'wait_for_the_moon' } };
  expect(describeProblem(JSON.parse(JSON.stringify(kept)) as Problem, 'operator').hint).toBe(network.hint);
});

test('Retry-After is what the endpoint asked for, as the hint says', () => {
  const facts = { endpoint: 'http://model:8080/', retryAfterMs: 5_000 };
  const limited = new ImageError({ code: 'rate_limited', facts, status: 429 });
  if (!ImageError.isInstance(limited)) throw limited;
  expect(describeProblem(endpointProblem(limited), 'caller')).toMatchObject({
    hint: 'Send fewer requests at a time, or try again in 5 s.',
    retryAfterMs: 5_000,
  });
});

test('who stopped a job is told of a bill only where there may be one', () => {
  const hint = (by: 'request' | 'caller_left' | 'closing'): string =>
    describeProblem({ kind: 'canceled', by }, 'caller').hint;
  expect(hint('request')).toContain('billed it.');
  for (const by of ['caller_left', 'closing'] as const) expect(hint(by)).toContain('Nothing was billed.');
});

test('a Redis that is too old is to be upgraded, and no store to be left', () => {
  const failure = {
    reason: 'wrong_version',
    place: 'Redis',
    of: 'version',
    found: '5',
    needed: '6.2 or later',
  } as const;
  expect(describeProblem({ kind: 'storage_failed', failure }, 'operator').hint).toBe('Upgrade Redis.');
});
