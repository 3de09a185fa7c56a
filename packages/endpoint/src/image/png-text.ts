import { crc32 } from 'node:zlib';

const signatureLength = 8;

/**
 * A PNG with a text in it (PNG specification, section 11.3.3): `tEXt` where the text is Latin-1, `iTXt` otherwise, as
 * Pillow does it.
 */
export function writePngText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const isLatin = Buffer.from(text, 'latin1').toString('latin1') === text;
  const head = Buffer.from(`${keyword}\0`, 'latin1');
  const content = isLatin
    ? [head, Buffer.from(text, 'latin1')]
    : // No compression, no language, no translated keyword.
      [head, Buffer.from([0, 0, 0, 0]), Buffer.from(text, 'utf8')];
  const added = chunk(isLatin ? 'tEXt' : 'iTXt', Buffer.concat(content));
  // Behind the header chunk, which must be the first: its 4 bytes of length, 4 of type, 13 of content, 4 of checksum.
  const afterHeader = signatureLength + 4 + 4 + 13 + 4;
  return Buffer.concat([png.subarray(0, afterHeader), added, png.subarray(afterHeader)]);
}

/** The text under a keyword in a PNG, or `undefined`. Compressed texts are not read. */
export function readPngText(png: Uint8Array, keyword: string): string | undefined {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  let offset = signatureLength;
  while (offset + 8 <= bytes.length) {
    const length = bytes.readUInt32BE(offset);
    const type = bytes.toString('latin1', offset + 4, offset + 8);
    const content = bytes.subarray(offset + 8, offset + 8 + length);
    offset += 8 + length + 4;
    if (type !== 'tEXt' && type !== 'iTXt') continue;
    const end = content.indexOf(0);
    if (end === -1 || content.toString('latin1', 0, end) !== keyword) continue;
    if (type === 'tEXt') return content.toString('latin1', end + 1);
    if (content[end + 1] !== 0) continue;
    const languageEnd = content.indexOf(0, end + 3);
    const translationEnd = languageEnd === -1 ? -1 : content.indexOf(0, languageEnd + 1);
    if (translationEnd !== -1) return content.toString('utf8', translationEnd + 1);
  }
  return undefined;
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), framed.length - 4);
  return framed;
}
