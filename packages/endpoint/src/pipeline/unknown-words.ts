/**
 * The words of a text that are not in a vocabulary, each once, in the order of the text.
 *
 * @example
 * unknownWords('a red foxx on a mat', ['a', 'red', 'on', 'fox']); // ['foxx', 'mat']
 */
export function unknownWords(text: string, vocabulary: readonly string[]): readonly string[] {
  const known = new Set(vocabulary);
  const words = text.toLowerCase().match(/\p{L}+|\p{N}|[^\s\p{L}\p{N}\p{P}]+/gu) ?? [];
  return [...new Set(words)].filter((word) => !known.has(word));
}

/**
 * The word of a vocabulary that an unknown word is one typo away from, if any.
 *
 * @example
 * suggestWord('foxx', ['a', 'red', 'on', 'fox']); // 'fox'
 */
export function suggestWord(word: string, vocabulary: readonly string[]): string | undefined {
  // Three letters are one typo away from too many words.
  return word.length < 4 ? undefined : vocabulary.find((known) => isTypoOf(word, known));
}

/** Whether one letter was added, left out or replaced, or two neighbors were swapped; typos rarely hit the first letter. */
function isTypoOf(word: string, known: string): boolean {
  const shorter = Math.min(word.length, known.length);
  if (word[0] !== known[0] || Math.max(word.length, known.length) > shorter + 1) return false;
  let start = 0;
  while (start < shorter && word[start] === known[start]) start += 1;
  let end = 0;
  while (end < shorter - start && word.at(-1 - end) === known.at(-1 - end)) end += 1;
  const [written, meant] = [word.slice(start, word.length - end), known.slice(start, known.length - end)];
  return written.length + meant.length <= 2 || (written.length === 2 && meant === `${written[1]}${written[0]}`);
}
