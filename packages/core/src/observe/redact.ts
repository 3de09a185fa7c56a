const bearer = /\b(bearer\s+)[^\s"',;<>]+/gi;
const huggingFaceToken = /\bhf_[A-Za-z0-9]{8,}/g;
/** Control characters as well: a terminal obeys them, and those that turn the direction of text mislead. */
const unprintable = /[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu;
/** Fewer characters of a secret than this tell nothing, and may well be a word's. */
const shortestPart = 4;

/** A server's text as it may be shown: on one line, shortened, without a secret or anything that looks like a token. */
export function redact(text: string, secrets: readonly string[], longest = 300): string {
  const clean = secrets
    .flatMap(echoesOf)
    .reduce(withoutSecret, text)
    .replaceAll(bearer, '$1[token]')
    .replaceAll(huggingFaceToken, '[token]')
    .replaceAll(unprintable, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean;
}

/** A secret as a server may write it: as it is, in JSON, in a URL, or in base64, alone or behind other text. */
function echoesOf(secret: string): readonly string[] {
  const bytes = String.fromCodePoint(...new TextEncoder().encode(secret));
  const encoded = [0, 1, 2].flatMap((before) => {
    // Without the characters that hold bits of what stands before and behind it.
    const inner = btoa('\0'.repeat(before) + bytes).slice(
      before && before + 1,
      Math.floor(((before + bytes.length) * 4) / 3),
    );
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const everyByte = bytes.replaceAll(/[^]/g, (byte) => `%${(byte.codePointAt(0) ?? 0).toString(16)}`);
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), everyByte, ...encoded].filter(
    (echo) => echo.length >= shortestPart,
  );
}

function withoutSecret(text: string, secret: string): string {
  const clean = text.replaceAll(new RegExp(escaped(secret), 'gi'), '[token]');
  const end = clean.slice(-secret.length).toLowerCase();
  const whole = secret.toLowerCase();
  // The text may have been cut in the middle of the secret.
  for (let length = secret.length - 1; length >= shortestPart; length -= 1) {
    if (end.endsWith(whole.slice(0, length))) return `${clean.slice(0, -length)}[token]`;
  }
  return clean;
}

/** URLs, `host:port`, IP addresses, and names of hosts in three parts or more. */
const addresses =
  /\b[a-z][a-z\d+.-]*:\/\/[^\s"'<>]*[^\s"'<>.,;:!?)]|\[[\da-f:.]+\](?::\d+)?|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b|(?<![\w:])(?:[\da-f]{0,4}:){2,7}[\da-f]{1,4}(?![\w:])|\b[a-z](?:[a-z\d.-]*[a-z\d])?:\d{2,5}\b|\b(?:[a-z\d-]+\.){2,}[a-z]{2,}\b|\b[a-z\d-]+\.(?:local|localhost|internal)\b/gi;

/**
 * A text of an endpoint's for those who must not know where it is: without addresses of any form, and without the endpoint's
 * own path and query. A host that is a common word is only hidden where it is part of an address.
 *
 * @param endpoint - its URL
 */
export function hideAddresses(text: string, endpoint: string): string {
  const { pathname, hostname } = new URL(endpoint);
  const hidden = text.replaceAll(addresses, '[address]');
  const own = [
    ...(hostname.includes('.') ? [`(?<![\\w.-])${escaped(hostname)}(?![\\w-])`] : []),
    ...(pathname.length > 1 ? [`(?<!\\w)${escaped(pathname)}[^\\s"'<>]*`] : []),
    // A long part of a path is no common word, and may be a secret.
    ...pathname
      .split('/')
      .filter((part) => part.length >= longPart)
      .map(escaped),
  ];
  return own.length === 0 ? hidden : hidden.replaceAll(new RegExp(own.join('|'), 'gi'), '[address]');
}

const longPart = 12;

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
