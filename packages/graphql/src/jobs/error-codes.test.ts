import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { errorCodes } from './error-codes.ts';

const pages = new URL('../../../../docs/errors/', import.meta.url);

describe('every code of the gateway', () => {
  test.for(errorCodes)('%s has a page of its own that says what to do, and is in the list', (code) => {
    const page = new URL(`${code}.md`, pages);
    expect(existsSync(page)).toBe(true);
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(new RegExp(`^# \`${code}\``));
    expect(text).toContain('## What to do');
    expect(readFileSync(new URL('README.md', pages), 'utf8')).toContain(`[\`${code}\`](${code}.md)`);
  });
});
