const bearer = /\b(bearer\s+)[^\s"',;<>]+/gi;
const huggingFaceToken = /\bhf_[A-Za-z0-9]{8,}/g;
/** Control characters as well: a terminal obeys them. */
const unprintable = /[\s\p{Cc}]+/gu;
/** Fewer characters of a token than this tell nothing, and may well be a word's. */
const shortestPart = 4;

/** A server's text as it may be shown: on one line, shortened, without the token or anything that looks like one. */
export function redact(text: string, token: string | undefined, longest = 300): string {
  const clean = withoutToken(text, token)
    .replaceAll(bearer, '$1[token]')
    .replaceAll(huggingFaceToken, '[token]')
    .replaceAll(unprintable, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean;
}

function withoutToken(text: string, token: string | undefined): string {
  if (token === undefined || token === '') return text;
  const clean = text.replaceAll(token, '[token]');
  // The text may have been cut in the middle of the token.
  for (let length = token.length - 1; length >= shortestPart; length -= 1) {
    if (clean.endsWith(token.slice(0, length))) return `${clean.slice(0, -length)}[token]`;
  }
  return clean;
}
