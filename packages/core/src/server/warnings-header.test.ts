import { expect, it } from 'vitest';
import { warningsHeader } from './warnings-header.ts';

const read = (header: ReturnType<typeof warningsHeader>): unknown => JSON.parse(header['x-warnings'] ?? 'null');

it('holds the warnings as printable ASCII, whatever their letters', () => {
  const warnings = ['It knows no "großer 🔴".', 'Two\nlines.'];
  const header = warningsHeader(warnings);
  expect(header['x-warnings']).toMatch(/^[\x20-\x7e]+$/);
  expect(read(header)).toEqual(warnings);
});

it('leaves out the last ones where a header cannot hold them, and itself where there are none', () => {
  expect(read(warningsHeader(['first', '語'.repeat(1000), '語'.repeat(1000)]))).toEqual(['first', '語'.repeat(1000)]);
  expect(warningsHeader(['語'.repeat(5000)])).toEqual({});
  expect(warningsHeader([])).toEqual({});
});
