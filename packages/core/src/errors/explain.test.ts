import { expect, it } from 'vitest';
import { inWords } from './explain.ts';

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1000, '1 s'],
  [1500, '1.5 s'],
  [12_345, '12 s'],
  [119_000, '119 s'],
  [150_000, '2.5 min'],
  [900_000, '15 min'],
])('%i ms are %s', (ms, words) => {
  expect(inWords(ms)).toBe(words);
});
