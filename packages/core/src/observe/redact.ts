const bearer = /\b(bearer\s+)[^\s"',;<>]+/gi;
const huggingFaceToken = /\bhf_[A-Za-z0-9]{8,}/g;
const longestText = 300;

/** A server's text as it may be shown: on one line, shortened, without the token or anything that looks like one. */
export function redact(text: string, token: string | undefined): string {
  const clean = (token === undefined || token === '' ? text : text.replaceAll(token, '[token]'))
    .replaceAll(bearer, '$1[token]')
    .replaceAll(huggingFaceToken, '[token]')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return clean.length > longestText ? `${clean.slice(0, longestText - 1)}…` : clean;
}
