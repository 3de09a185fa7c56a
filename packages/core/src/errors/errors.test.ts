import { existsSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { errorPage, type ImageErrorCode } from './codes.ts';
import { explain, type OptionNames } from './explain.ts';
import type { ErrorFacts } from './facts.ts';
import { ImageError, type KnownImageError } from './image-error.ts';
import { imageErrorCodes } from './remedy.ts';

const endpoint = 'https://a.internal:8443/s3cret-path-of-mine/predict';
const responded = {
  endpoint,
  said: 'see http://10.0.0.7:80/x, /s3cret-path-of-mine/predict?key=1 and a.internal, a model',
};

/** An error of each code, with all that it may know. */
const samples: { readonly [Code in ImageErrorCode]: ErrorFacts[Code] } = {
  invalid_request: { ...responded, issues: [] },
  unauthorized: { ...responded, hasToken: true },
  payment_required: responded,
  content_refused: responded,
  endpoint_not_found: responded,
  endpoint_unavailable: { ...responded, retryAfterMs: 5000, waits: true },
  endpoint_paused: responded,
  endpoint_failed: responded,
  rate_limited: { ...responded, retryAfterMs: 5000 },
  overloaded: { ...responded, waitedMs: 90_000, waits: false },
  handler_failed: responded,
  out_of_memory: responded,
  timeout: { endpoint, phase: 'total', ms: 900_000 },
  network: { endpoint, failure: 'ECONNREFUSED', stage: 'not_sent' },
  aborted: { endpoint },
  unexpected_status: { ...responded, redirectsTo: 'https://elsewhere.test' },
  invalid_response: { endpoint, reason: 'not_json', detail: 'The response is not valid JSON. It begins: a.internal' },
};

const errorOf = (code: ImageErrorCode): ImageError =>
  new ImageError({ code, facts: samples[code], status: 'said' in samples[code] ? 400 : undefined });

const names: OptionNames = {
  endpoint: 'TINTYPE_ENDPOINT_URL',
  token: 'TINTYPE_ENDPOINT_TOKEN',
  'timeout.total': '--timeout',
};

describe.each(imageErrorCodes)('%s', (code) => {
  it('has a page of its own', () => {
    const page = new URL(`../../../../docs/errors/${code}.md`, import.meta.url);
    expect(existsSync(page)).toBe(true);
    expect(readFileSync(page, 'utf8')).toMatch(new RegExp(`^# \`${code}\``));
    expect(errorPage(code)).toMatch(new RegExp(`/docs/errors/${code}\\.md$`));
  });

  it('is worded in whole sentences for everyone', () => {
    for (const audience of ['code', 'cli', 'n8n', 'caller', 'operator'] as const) {
      const { message, hint } = explain(errorOf(code), audience, audience === 'cli' ? names : {});
      for (const text of [message, hint]) expect(text).toMatch(/^[A-Z].*[.…]$/);
      expect(message + hint).not.toMatch(/undefined|\[object|NaN| {2}|\.\.|’/);
    }
  });

  it('shows a caller no address and no option', () => {
    const { message, hint } = explain(errorOf(code), 'caller', names);
    expect(message + hint).not.toMatch(/internal|10\.0\.0\.7|s3cret|8443|elsewhere|key=1|timeout\.|TINTYPE_|--timeout/);
  });

  it('names the options as its reader typed them', () => {
    const inCode = explain(errorOf(code), 'code');
    const atShell = explain(errorOf(code), 'cli', names);
    expect(inCode).toEqual({ message: errorOf(code).message, hint: errorOf(code).hint });
    expect(atShell.hint).not.toMatch(/timeout\.total|\bconcurrency\b/);
  });

  it('is the same after a database, another process or a log', () => {
    const error = errorOf(code);
    const stored = JSON.parse(JSON.stringify(error)) as ImageError;
    expect(explain(stored, 'caller')).toEqual(explain(error, 'caller'));
    expect(structuredClone(error.toJSON())).toEqual(error.toJSON());
    expect(new ImageError(stored)).toMatchObject({ message: error.message, hint: error.hint, code });
  });
});

it('shows a caller the endpoint’s words about the request, and a host that is a common word as the word it is', () => {
  const facts = { endpoint: 'http://a:8080/', said: 'a width must be a multiple of 8; ask a:8080', issues: [] };
  const { message } = explain(new ImageError({ code: 'invalid_request', facts, status: 400 }), 'caller');
  expect(message).toBe(
    'The endpoint refused the request (400). It said: a width must be a multiple of 8; ask [address].',
  );
});

it('an option of the client is named as its reader typed it, and so is what to do', () => {
  const issue = { path: ['endpoint'], message: '', got: '"x"', allowed: 'a complete URL' };
  const error = new ImageError({ code: 'invalid_request', facts: { option: 'endpoint', issues: [issue] } });
  expect(error.message).toBe('endpoint must be a complete URL; got "x".');
  expect(explain(error, 'cli', names).message).toBe('TINTYPE_ENDPOINT_URL must be a complete URL; got "x".');
  expect(explain(error, 'n8n', { endpoint: 'the Endpoint URL in the Tintype credential' }).message).toBe(
    'The Endpoint URL in the Tintype credential must be a complete URL; got "x".',
  );
});

it('a caller reads nothing about an option that only the operator can set', () => {
  const issue = { path: ['timeout', 'total'], message: 'timeout.total must be', got: '-1', allowed: 'a number' };
  const wrong = new ImageError({ code: 'invalid_request', facts: { option: 'timeout.total', issues: [issue] } });
  expect(explain(wrong, 'caller')).toEqual({
    message: 'The gateway is not configured correctly.',
    hint: "Tell the gateway's operator: only they can fix this.",
  });
  for (const waitingFor of ['turn', 'health'] as const) {
    const late = new ImageError({ code: 'timeout', facts: { endpoint, phase: 'total', ms: 900_000, waitingFor } });
    expect(explain(late, 'caller').hint).toBe('Try again in a few minutes.');
  }
});

it('more time is not the remedy where a proxy in front of the endpoint gave up', () => {
  const facts = { endpoint, phase: 'attempt', ms: 60_000 } as const;
  expect(new ImageError({ code: 'timeout', facts, status: 504 }).hint).toBe(
    'Request fewer steps or a smaller image. The endpoint may still be working on this one.',
  );
  expect(new ImageError({ code: 'timeout', facts }).hint).toMatch(
    /^Allow more time with timeout\.attempt\. Request fewer/,
  );
});

it('is known as ours, also from another copy of the package', async () => {
  vi.resetModules();
  const copy = await import('./image-error.ts');
  const error: unknown = new copy.ImageError({ code: 'aborted', facts: { endpoint } });
  expect(error instanceof ImageError).toBe(false);
  expect(ImageError.isInstance(error)).toBe(true);
  expect(ImageError.isInstance(new Error('x'))).toBe(false);
  expect(ImageError.isInstance(undefined)).toBe(false);
});

it('narrows its facts by its code', () => {
  const error = errorOf('timeout') as KnownImageError;
  expect(error.code === 'timeout' && error.facts.phase).toBe('total');
  expect(inspect(error)).toContain('There was no image');
});
