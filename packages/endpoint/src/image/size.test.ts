import { describe, expect, it } from 'vitest';
import { nearestNativeSize } from './size.ts';

const native = [
  { width: 128, height: 128 },
  { width: 160, height: 104 },
  { width: 104, height: 160 },
  { width: 256, height: 256 },
];

describe('nearestNativeSize', () => {
  it.each([
    [
      { width: 640, height: 400 },
      { width: 160, height: 104 },
    ],
    [
      { width: 8, height: 2048 },
      { width: 104, height: 160 },
    ],
    [
      { width: 512, height: 512 },
      { width: 256, height: 256 },
    ],
    [
      { width: 64, height: 72 },
      { width: 128, height: 128 },
    ],
  ])('takes the nearest shape for %o, then the nearest area', (asked, expected) => {
    expect(nearestNativeSize(asked, native)).toEqual(expected);
  });
});
