const bearer = /\b(bearer\s+)[^\s"',;<>]+/gi;
const huggingFaceToken = /\bhf_[A-Za-z0-9]{8,}/g;
/** Control characters as well: a terminal obeys them, and those that turn the direction of text mislead. */
const unprintable = /[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu;
/** Fewer characters of a secret than this tell nothing, and may well be a word's. */
const shortestPart = 4;

/** A server's text as it may be shown: on one line, shortened, without a secret or anything that looks like a token. */
export function redact(text: string, secrets: readonly string[], longest = 300): string {
  const clean = withoutEchoes(text, secrets.flatMap(echoesOf))
    .replaceAll(bearer, '$1[token]')
    .replaceAll(huggingFaceToken, '[token]')
    .replaceAll(unprintable, ' ')
    .trim()
    .toWellFormed();
  return clean.length > longest ? `${clean.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : clean;
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
  const json = JSON.stringify(secret).slice(1, -1);
  const echoes = [secret, json, json.replaceAll('/', '\\/'), encodeURIComponent(secret), everyByte, ...encoded];
  return echoes.filter((echo) => echo.length >= shortestPart);
}

/** A line break, with the indentation behind it, or another control character. */
const gap = String.raw`(?:[\0-\x1f\x7f-\x9f]\s*)*`;

/** In one pass, longest first: what is left of a secret that holds another one would tell the rest of it. */
function withoutEchoes(text: string, echoes: readonly string[]): string {
  if (echoes.length === 0) return text;
  const longestFirst = echoes.toSorted((one, other) => other.length - one.length);
  const anyEcho = longestFirst.map((echo) => echo.split('').map(escaped).join(gap)).join('|');
  return longestFirst.reduce(withoutCutEcho, text.replaceAll(new RegExp(anyEcho, 'gi'), '[token]'));
}

/** The text may have been cut in the middle of a secret. */
function withoutCutEcho(text: string, echo: string): string {
  const end = text.slice(-echo.length).toLowerCase();
  const whole = echo.toLowerCase();
  for (let length = echo.length - 1; length >= shortestPart; length -= 1) {
    if (end.endsWith(whole.slice(0, length))) return `${text.slice(0, -length)}[token]`;
  }
  return text;
}

/** Every form of address starts where no character of its kind stands before, so that no text takes long to search. */
const addresses = new RegExp(
  [
    String.raw`(?<![a-z\d+.-])[a-z\d+.-]+:\/\/[^\s"'<>]*[^\s"'<>.,;:!?)]`,
    String.raw`\[[\da-f:.]+(?:%\w+)?\](?::\d+)?`,
    // IPv6, told from a time by its length or its "::".
    String.raw`(?<![\w:.])(?=[\da-f:]*::|(?:[\da-f]{1,4}:){7})[\da-f:]+(?:\.\d{1,3}){0,3}(?:%\w+)?(?![\w:])`,
    String.raw`(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?!\d)`,
    // A name with a port, a name of three parts or more, and a name of a private domain.
    String.raw`(?<![\p{L}\d.-])(?=[\d.-]*\p{L})[\p{L}\d.-]*[\p{L}\d]:\d{2,5}(?!\w)`,
    String.raw`(?<![\p{L}\d-]|[\p{L}\d-]\.)(?:[\p{L}\d-]+\.){2,}\p{L}{2,}(?![\p{L}\d])`,
    String.raw`(?<![\p{L}\d-])[\p{L}\d-]+\.(?:local|localhost|internal)(?![\p{L}\d])`,
  ].join('|'),
  'giu',
);

/**
 * A text of an endpoint's for those who must not know where it is: without addresses of any form, and without the endpoint's
 * own path and query. A host that is a common word is only hidden where it is part of an address.
 *
 * @param endpoint - its URL
 */
export function hideAddresses(text: string, endpoint: string): string {
  const { pathname, hostname } = new URL(endpoint);
  const hidden = text.replaceAll(addresses, '[address]');
  const path = pathname.replace(/\/+$/, '');
  const own = [
    // A dot, a digit or a hyphen: no common word.
    String.raw`(?<![\w.-])${escaped(hostname)}${/[.\d-]/.test(hostname) ? String.raw`(?::\d+)?` : String.raw`:\d+`}(?![\w-])`,
    ...[path, decoded(path)].filter(Boolean).flatMap((form) => [
      String.raw`(?<!\w)${escaped(form)}[^\s"'<>]*`,
      // A long part of a path is no common word, and may be a secret.
      ...form
        .split('/')
        .filter((part) => part.length >= longPart)
        .map(escaped),
    ]),
  ];
  return hidden.replaceAll(new RegExp(own.join('|'), 'gi'), '[address]');
}

const longPart = 12;

/** A path may hold a percent sign that encodes nothing. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
}
