const exifHeader = Buffer.from('Exif\0\0', 'latin1');
const app1 = 0xe1;
const startOfScan = 0xda;
/** A segment's length field counts itself and has two bytes. */
const longestSegment = 65_533;

/** A JPEG with an EXIF block as its first segment. A block longer than a segment (64 KiB) is left out. */
export function writeJpegExif(jpeg: Uint8Array, exif: Uint8Array): Uint8Array {
  const content = Buffer.concat([exifHeader, exif]);
  if (content.length > longestSegment) return jpeg;
  const head = Buffer.from([0xff, app1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

/** The EXIF block of a JPEG, or `undefined`. */
export function readJpegExif(jpeg: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  let offset = 2;
  while (offset + 4 <= bytes.length && bytes[offset] === 0xff && bytes[offset + 1] !== startOfScan) {
    const length = bytes.readUInt16BE(offset + 2);
    const content = bytes.subarray(offset + 4, offset + 2 + length);
    if (bytes[offset + 1] === app1 && content.subarray(0, exifHeader.length).equals(exifHeader)) {
      return content.subarray(exifHeader.length);
    }
    offset += 2 + length;
  }
  return undefined;
}
