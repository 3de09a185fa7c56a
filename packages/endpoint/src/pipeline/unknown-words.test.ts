import { describe, expect, it } from 'vitest';
import { unknownWords } from './unknown-words.ts';

describe('unknownWords', () => {
  it('names each unknown word once, in order, whatever its case', () => {
    expect(unknownWords('A Cat, a red cat & a dog; 2 CATS.', ['a', 'red'])).toEqual(['cat', 'dog', '2', 'cats']);
  });

  it('passes over punctuation and takes other scripts and signs as words', () => {
    expect(unknownWords('red! (red) — 赤い 🔴', ['red'])).toEqual(['赤い', '🔴']);
  });
});
