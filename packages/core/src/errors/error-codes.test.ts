import { existsSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { errorCodes, errorPage, type ImageErrorCode } from './error-codes.ts';
import { ImageError } from './image-error.ts';
import { InvalidRequestError } from './invalid-request-error.ts';

const codes = Object.keys(errorCodes) as ImageErrorCode[];

describe('an error', () => {
  it.each(codes)('with the code %s has a hint and a page of its own', (code) => {
    expect(errorCodes[code].hint).toMatch(/^[A-Z].*\.$/);
    const page = new URL(`../../../../docs/errors/${code}.md`, import.meta.url);
    expect(existsSync(page)).toBe(true);
    expect(readFileSync(page, 'utf8')).toMatch(new RegExp(`^# \`${code}\``));
    expect(errorPage(code)).toMatch(new RegExp(`/docs/errors/${code}\\.md$`));
  });

  it('is known as ours, also from another copy of the package', async () => {
    vi.resetModules();
    const copy = await import('./image-error.ts');
    const error = new copy.ImageError({ code: 'network', message: 'x' });
    expect(error instanceof ImageError).toBe(false);
    expect(ImageError.isInstance(error)).toBe(true);
    expect(ImageError.isInstance(new Error('x'))).toBe(false);
    expect(ImageError.isInstance(undefined)).toBe(false);
  });

  it('tells its facts as JSON', () => {
    const error = new InvalidRequestError([{ path: ['width'], message: 'width is odd.', got: '3', allowed: 'even' }]);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid_request',
      message: 'width is odd.',
      retryable: false,
      issues: [{ path: ['width'] }],
    });
    expect(inspect(error)).toContain('InvalidRequestError: width is odd.');
  });
});
