/**
 * The words of a text that are not in a vocabulary, each once, in the order of the text.
 *
 * @example
 * unknownWords('a red cat on a mat', ['a', 'red', 'on']); // ['cat', 'mat']
 */
export function unknownWords(text: string, vocabulary: readonly string[]): readonly string[] {
  const known = new Set(vocabulary);
  const words = text.toLowerCase().match(/\p{L}+|\p{N}|[^\s\p{L}\p{N}\p{P}]+/gu) ?? [];
  return [...new Set(words)].filter((word) => !known.has(word));
}
