import type { ByteTools } from './byte-tools.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const invalid = 0xff;

/** The six bits of each character of the standard alphabet (RFC 4648, section 4); 255 for every other byte. */
const sixBits = new Uint8Array(256).fill(invalid);
for (let value = 0; value < alphabet.length; value += 1) sixBits[alphabet.charCodeAt(value)] = value;

/**
 * Plain JavaScript: runs in a browser, on an edge worker and inside an n8n node. Never decodes in place, so the text is
 * still there when a bad character has to be named.
 */
export const portableBytes: ByteTools = {
  allocate: (length) => new Uint8Array(length),

  decodeBase64(source, start, end, target, offset) {
    let seen = 0;
    let at = offset;
    for (let index = start; index < end; index += 4) {
      const a = sixBits[source[index] ?? 0] ?? invalid;
      const b = sixBits[source[index + 1] ?? 0] ?? invalid;
      const c = sixBits[source[index + 2] ?? 0] ?? invalid;
      const d = sixBits[source[index + 3] ?? 0] ?? invalid;
      // One test at the end: only an invalid character has a bit above the lowest six.
      seen |= a | b | c | d;
      target[at] = (a << 2) | (b >> 4);
      target[at + 1] = (b << 4) | (c >> 2);
      target[at + 2] = (c << 6) | d;
      at += 3;
    }
    if (seen <= 0x3f) return undefined;
    return source.subarray(start, end).find((byte) => sixBits[byte] === invalid) ?? 0;
  },

  encodeBase64(bytes) {
    const parts: string[] = [];
    // In multiples of three, so that only the last part is padded; short enough for a call's arguments.
    const step = 3 * 4096;
    for (let start = 0; start < bytes.length; start += step) {
      parts.push(btoa(String.fromCharCode(...bytes.subarray(start, start + step))));
    }
    return parts.join('');
  },
};
