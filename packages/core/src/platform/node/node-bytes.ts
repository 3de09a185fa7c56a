import type { ByteTools } from '../../decode/byte-tools.ts';

const minus = 0x2d;
const underscore = 0x5f;

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Node's own base64, which works with vector instructions. */
export const nodeBytes: ByteTools = {
  // Not from the pool: the image's memory is the caller's alone.
  allocate: (length) => Buffer.allocUnsafeSlow(length),

  decodeBase64(source, start, end, target, offset) {
    const from = asBuffer(source);
    const slice = from.subarray(start, end);
    const text = from.toString('latin1', start, end);
    const expected = ((end - start) >> 2) * 3;
    // Node reads the URL alphabet as well, and skips what it does not know: then it writes fewer bytes.
    const isStandard = !slice.includes(minus) && !slice.includes(underscore);
    if (isStandard && asBuffer(target).write(text, offset, expected, 'base64') === expected) return undefined;
    return /[^A-Za-z0-9+/]/.exec(text)?.[0].charCodeAt(0) ?? 0;
  },

  encodeBase64: (bytes) => asBuffer(bytes).toString('base64'),
};
