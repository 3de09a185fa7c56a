import { describe, expect, test } from 'vitest';
import { parseByteRange } from './byte-range.ts';

describe('a Range header', () => {
  test.for([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-4', { start: 2, end: 4 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=2-99', { start: 2, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=4-2', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,3-4', 'whole'],
    ['pages=1-2', 'whole'],
    ['', 'whole'],
  ] as const)('%s of ten bytes is %o', ([header, range]) => {
    expect(parseByteRange(header, 10)).toEqual(range);
  });
});
