import { describe, expect, it } from 'vitest';
import { suggestWord, unknownWords } from './unknown-words.ts';

describe('unknownWords', () => {
  it('names each unknown word once, in order, whatever its case', () => {
    expect(unknownWords('A Cat, a red cat & a dog; 2 CATS.', ['a', 'red'])).toEqual(['cat', 'dog', '2', 'cats']);
  });

  it('skips punctuation and takes other scripts and symbols as words', () => {
    expect(unknownWords('red! (red) — 赤い 🔴', ['red'])).toEqual(['赤い', '🔴']);
  });
});

describe('suggestWord', () => {
  it.each([
    ['foxx', 'fox', 'a letter too many'],
    ['girafe', 'giraffe', 'a letter too few'],
    ['pengiun', 'penguin', 'two letters swapped'],
    ['octupus', 'octopus', 'another letter'],
  ])('takes %s for %s: %s', (word, known) => {
    expect(suggestWord(word, ['lemon', known])).toBe(known);
  });

  it.each([
    ['lake', 'cake', 'another first letter'],
    ['car', 'cat', 'too short to be sure'],
    ['forest', 'fox', 'too many differences'],
    ['badeg', 'bagde', 'letters moved over a distance'],
  ])('does not take %s for %s: %s', (word, known) => {
    expect(suggestWord(word, [known])).toBeUndefined();
  });
});
