import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Attempt } from '../errors/attempt.ts';
import { backoff, classifyFailure, decide, type FailureClass, pause } from './decide.ts';
import type { Failure } from './outcome.ts';
import { parseRetryAfter } from './retry-after.ts';
import { retryPolicy } from './retry-policy.ts';

const responded = (status: number, text = '', retryAfter?: string): Failure => ({
  kind: 'response',
  facts: { status, retryAfter },
  text,
});

describe('a failure is classed', () => {
  it.each<[string, Failure, number, FailureClass]>([
    ['503', responded(503), 60_000, 'starting'],
    ['502 at once', responded(502), 100, 'starting'],
    ['502 after a minute', responded(502), 60_000, 'may_have_run'],
    ['500 at once', responded(500), 100, 'not_run'],
    ['500 after a while', responded(500), 5000, 'refused'],
    ['500 for want of memory', responded(500, 'CUDA out of memory'), 100, 'refused'],
    ['429', responded(429), 10, 'not_run'],
    ['504', responded(504), 60_000, 'timed_out'],
    ['400', responded(400), 10, 'refused'],
    [
      'a refused connection',
      { kind: 'network', code: 'ECONNREFUSED', stage: 'not_sent', cause: undefined },
      1,
      'not_sent',
    ],
    ['a reset', { kind: 'network', code: 'ECONNRESET', stage: 'interrupted', cause: undefined }, 1, 'may_have_run'],
    ['a connect timeout', { kind: 'timeout', phase: 'connect' }, 1, 'not_sent'],
    ['an attempt timeout', { kind: 'timeout', phase: 'attempt' }, 1, 'timed_out'],
    [
      'a cut response',
      { kind: 'invalid', facts: { status: 200 }, reason: 'truncated', message: '' },
      1,
      'may_have_run',
    ],
    ['bad base64', { kind: 'invalid', facts: { status: 200 }, reason: 'bad_base64', message: '' }, 1, 'refused'],
  ])('%s', (_name, failure, durationMs, wanted) => {
    expect(classifyFailure(failure, durationMs)).toBe(wanted);
  });
});

const attempt: Attempt = { number: 1, waitedMs: 0, durationMs: 1, mayHaveRun: false };
const classes = fc.constantFrom<FailureClass[]>(
  'not_sent',
  'not_run',
  'starting',
  'may_have_run',
  'timed_out',
  'refused',
);

describe('a decision', () => {
  it('never waits beyond the deadline, and never repeats above the budget', () => {
    const cases = fc.record({
      failureClass: classes,
      history: fc.array(classes, { maxLength: 8 }),
      left: fc.integer({ min: -100, max: 1_000_000 }),
      chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
      max: fc.nat(4),
      mayRepeatWork: fc.nat(3),
      repeatTimeouts: fc.boolean(),
      retryAfter: fc.option(fc.nat(2000).map(String), { nil: undefined }),
    });
    fc.assert(
      fc.property(cases, ({ failureClass, history, left, chance, retryAfter, ...options }) => {
        const now = 1_700_000_000_000;
        const decision = decide({
          failure: responded(503, '', retryAfter),
          failureClass,
          history: { failures: history.map((one) => ({ attempt, class: one })), deadline: now + left },
          now,
          policy: retryPolicy(options),
          random: () => chance,
        });
        if (decision.kind === 'give_up') return;
        expect(decision.delayMs).toBeLessThan(left);
        if (retryAfter !== undefined) expect(decision.delayMs).toBeGreaterThanOrEqual(Number(retryAfter) * 1000);
        const free = history.filter((one) => one === 'not_sent' || one === 'not_run').length;
        const costly = history.filter((one) => one === 'may_have_run' || one === 'timed_out').length;
        expect(failureClass).not.toBe('refused');
        if (failureClass === 'not_sent' || failureClass === 'not_run') expect(free).toBeLessThan(options.max);
        if (failureClass === 'may_have_run') expect(costly).toBeLessThan(options.mayRepeatWork);
        if (failureClass === 'timed_out') expect(options.repeatTimeouts && costly < options.mayRepeatWork).toBe(true);
        expect(decision.wake).toBe(failureClass === 'starting');
      }),
      { numRuns: 5000 },
    );
  });

  it('is never at the same time twice: whatever happened, another chance gives another delay', () => {
    const cases = fc.record({
      failureClass: classes.filter((one) => one !== 'refused'),
      round: fc.nat(8),
      retryAfterMs: fc.option(fc.nat(600_000), { nil: undefined }),
      chances: fc.tuple(fc.double({ min: 0, max: 0.49, noNaN: true }), fc.double({ min: 0.5, max: 0.99, noNaN: true })),
    });
    fc.assert(
      fc.property(cases, ({ chances, ...facts }) => {
        const [one, other] = chances.map((chance) => pause({ ...facts, random: () => chance }));
        expect(other).toBeGreaterThan(one ?? Infinity);
      }),
    );
  });

  it('takes a Retry-After of 0, or a date that has passed, for no leave to ask without a pause', () => {
    const asked = { failureClass: 'starting', round: 3, random: () => 0.5 } as const;
    expect(pause({ ...asked, retryAfterMs: 0 })).toBe(pause({ ...asked, retryAfterMs: undefined }));
  });

  it('backs off with full jitter up to a bound', () => {
    expect(backoff('starting', 0, () => 0)).toBe(0);
    expect(backoff('starting', 0, () => 0.5)).toBe(500);
    expect(backoff('starting', 30, () => 0.999)).toBeLessThan(15_000);
    expect(backoff('not_sent', 30, () => 0.999)).toBeLessThan(8000);
  });

  it('tells when the endpoint wants to be asked again, also when that is too late', () => {
    const decision = decide({
      failure: responded(429, '', '120'),
      failureClass: 'not_run',
      history: { failures: [], deadline: 60_000 },
      now: 0,
      policy: retryPolicy(),
      random: () => 0,
    });
    expect(decision).toEqual({ kind: 'give_up', retryAfterMs: 120_000 });
  });
});

describe('Retry-After', () => {
  // Not GMT: a date without a zone must not be taken for one of this machine's.
  beforeAll(() => void vi.stubEnv('TZ', 'Asia/Tokyo'));
  afterAll(() => void vi.unstubAllEnvs());

  const now = Date.UTC(2026, 10, 23, 12);

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Monday, 23-Nov-26 12:00:30 GMT', 30_000],
    ['Mon Nov 23 12:00:30 2026', 30_000],
    ['Sun Nov  1 12:00:00 2026', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['', undefined],
    ['2026-11-23', undefined],
  ])('%j is %j ms', (value, wanted) => {
    expect(parseRetryAfter(value, now)).toBe(wanted);
  });
});
