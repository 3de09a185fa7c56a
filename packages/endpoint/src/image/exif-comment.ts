/** EXIF's tag of the pointer to the Exif directory, and of the comment in it (CIPA DC-008, section 4.6). */
const exifDirectoryTag = 0x8769;
const userCommentTag = 0x9286;
const longType = 4;
const undefinedType = 7;
const unicode = Buffer.from('UNICODE\0', 'latin1');

/**
 * An EXIF block (without the `Exif\0\0` of JPEG) that holds one `UserComment`, in big-endian UTF-16 as AUTOMATIC1111
 * writes it by piexif.
 */
export function writeExifComment(text: string): Uint8Array {
  const comment = Buffer.concat([unicode, Buffer.from(text, 'utf16le').swap16()]);
  const header = Buffer.from('MM\0*\0\0\0\x08', 'latin1');
  const firstDirectory = directory({ tag: exifDirectoryTag, type: longType, count: 1, value: 26 });
  const exifDirectory = directory({ tag: userCommentTag, type: undefinedType, count: comment.length, value: 44 });
  return Buffer.concat([header, firstDirectory, exifDirectory, comment]);
}

/** The `UserComment` of an EXIF block, or `undefined`. */
export function readExifComment(exif: Uint8Array): string | undefined {
  const bytes = Buffer.from(exif.buffer, exif.byteOffset, exif.byteLength);
  if (bytes.length < 8) return undefined;
  const order = bytes.toString('latin1', 0, 2);
  if (order !== 'MM' && order !== 'II') return undefined;
  const isLittle = order === 'II';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const pointer = findEntry(view, view.getUint32(4, isLittle), exifDirectoryTag, isLittle);
    if (pointer === undefined) return undefined;
    const entry = findEntry(view, view.getUint32(pointer + 8, isLittle), userCommentTag, isLittle);
    if (entry === undefined) return undefined;
    const start = view.getUint32(entry + 8, isLittle);
    return decodeComment(bytes.subarray(start, start + view.getUint32(entry + 4, isLittle)), isLittle);
  } catch (error) {
    // An offset that points outside: a damaged block holds no comment.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function decodeComment(comment: Buffer, isLittle: boolean): string {
  const content = comment.subarray(8);
  if (!comment.subarray(0, 8).equals(unicode)) return content.toString('utf8');
  // piexif writes big-endian whatever the block's order; others follow the block. Prompts begin with plain letters.
  const isBig = content[0] === 0 || (!isLittle && content[1] !== 0);
  const even = Buffer.from(content.subarray(0, content.length - (content.length % 2)));
  return (isBig ? even.swap16() : even).toString('utf16le');
}

function directory(entry: {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: number;
}): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeUInt16BE(1, 0);
  bytes.writeUInt16BE(entry.tag, 2);
  bytes.writeUInt16BE(entry.type, 4);
  bytes.writeUInt32BE(entry.count, 6);
  bytes.writeUInt32BE(entry.value, 10);
  return bytes;
}

function findEntry(view: DataView, start: number, tag: number, isLittle: boolean): number | undefined {
  const count = view.getUint16(start, isLittle);
  for (let index = 0; index < count; index++) {
    const entry = start + 2 + index * 12;
    if (view.getUint16(entry, isLittle) === tag) return entry;
  }
  return undefined;
}
