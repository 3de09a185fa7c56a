import { hasText, sniffMediaType, type ImageMediaType } from './media-type.ts';
import { readImageSize } from './image-size.ts';

/** IPTC's term for what a trained model has made, for the XMP property `Iptc4xmpExt:DigitalSourceType`. */
const trainedAlgorithmicMedia = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
const description =
  '<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" ' +
  `rdf:about="" Iptc4xmpExt:DigitalSourceType="${trainedAlgorithmicMedia}"/>`;
/** XMP specification, part 1, section 7.3. */
const wholePacket =
  '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
  `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${description}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
/** The property as an attribute, an element that names a resource, or an element. Bounded, for files may hold anything. */
const sourceType =
  /:DigitalSourceType(?:\s{0,9}=\s{0,9}["']([^"']{0,200})|\s[^<>]{0,200}:resource=["']([^"']{0,200})|[^<>]{0,200}>([^<]{0,200})<)/;

/** Where XMP stands in a file, or belongs if `packet` is absent: the bytes from `start` to `end` hold it, with all its framing. */
interface XmpPlace {
  readonly start: number;
  readonly end: number;
  readonly packet?: Uint8Array;
}

/** How a format holds XMP (XMP specification, part 3). */
interface Container {
  /**
   * @returns `undefined` if the bytes are not those of the format
   * @throws RangeError if they end too early
   */
  readonly locate: (bytes: Uint8Array) => (XmpPlace & { readonly isSigned: boolean }) | undefined;
  /** `undefined` if the format has no room for a packet of this length. */
  readonly frame: (packet: Uint8Array) => Uint8Array | undefined;
  /** Makes the rest of the file say that it holds XMP, which made it longer. */
  readonly complete?: (bytes: Uint8Array, addedBytes: number) => Uint8Array;
}

/**
 * Marks an image as made by AI: its XMP metadata gets `Iptc4xmpExt:DigitalSourceType` `trainedAlgorithmicMedia`. Pixels and
 * other metadata stay as they are.
 *
 * @param bytes - a PNG, JPEG or WebP file
 * @returns the marked file; `bytes` themselves if they state a source already, carry a C2PA signature, are incomplete, or are of
 *   another format
 * @example
 * const { bytes } = await client.generate({ prompt: 'a red fox' });
 * readDigitalSource(markImage(bytes)); // 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'
 */
export function markImage(bytes: Uint8Array): Uint8Array {
  const { container, place } = look(bytes);
  // A signature covers all of the file.
  if (container === undefined || place === undefined || place.isSigned) return bytes;
  const packet = markedPacket(place.packet);
  const framed = packet === undefined ? undefined : container.frame(packet);
  if (framed === undefined) return bytes;
  const marked = joined(bytes.subarray(0, place.start), framed, bytes.subarray(place.end));
  return container.complete?.(marked, marked.length - bytes.length) ?? marked;
}

/**
 * Reads what an image states as its source: a term of IPTC's vocabulary `digitalsourcetype`, such as `trainedAlgorithmicMedia`
 * for images made by AI.
 *
 * @param bytes - a PNG, JPEG or WebP file
 * @returns the term's address; `undefined` if the image states none
 */
export function readDigitalSource(bytes: Uint8Array): string | undefined {
  const packet = look(bytes).place?.packet;
  const found = packet === undefined ? null : sourceType.exec(textOf(packet) ?? '');
  return (found?.[1] ?? found?.[2] ?? found?.[3])?.trim();
}

function look(bytes: Uint8Array): { readonly container?: Container; readonly place?: ReturnType<Container['locate']> } {
  const container = containers[sniffMediaType(bytes) ?? 'none'];
  if (container === undefined) return {};
  try {
    return { container, place: container.locate(bytes) };
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

/** A packet with the mark in it; `undefined` if it states a source, or cannot be extended. */
function markedPacket(packet: Uint8Array | undefined): Uint8Array | undefined {
  if (packet === undefined) return utf8(wholePacket);
  const text = textOf(packet);
  if (text === undefined || sourceType.test(text)) return undefined;
  const end = [...text.matchAll(/<\/(?:\w+:)?RDF\s*>/g)].at(-1)?.index;
  if (end === undefined) return undefined;
  // All descriptions in a packet are of the same thing, by the same name.
  const about = /:about\s*=\s*["']([^"']*)["']/.exec(text)?.[1] ?? '';
  const added = description.replace('about=""', () => `about="${about}"`);
  return utf8(`${text.slice(0, end)}${added}${text.slice(end)}`);
}

/** Uncompressed, of no language, without a translated keyword. libvips compresses the packet, which is not XMP's form: it stays beside ours. */
const pngHead = utf8('XML:com.adobe.xmp\0\0\0\0\0');

/** ISO/IEC 15948, 5.3: each chunk is its length, a type of four letters, the content, and a checksum of the last two. */
const png: Container = {
  locate(bytes) {
    const view = viewOf(bytes);
    let found: XmpPlace | undefined;
    let isSigned = false;
    for (let start = 8; ;) {
      const end = start + 12 + view.getUint32(start);
      const content = bytes.subarray(start + 8, end - 4);
      if (hasText(bytes, start + 4, 'iTXt') && startsWith(content, pngHead)) {
        found = { start, end, packet: content.subarray(pngHead.length) };
      }
      if (hasText(bytes, start + 4, 'caBX')) isSigned = true;
      if (hasText(bytes, start + 4, 'IDAT')) return { ...(found ?? { start, end: start }), isSigned };
      start = end;
    }
  },
  frame(packet) {
    const named = joined(utf8('iTXt'), pngHead, packet);
    return joined(uint32(named.length - 4), named, uint32(crc32(named)));
  },
};

const jpegExif = utf8('Exif\0');
const jpegHead = utf8('http://ns.adobe.com/xap/1.0/\0');
const [app0, app1, app11, startOfScan] = [0xff_e0, 0xff_e1, 0xff_eb, 0xff_da];

/** ITU-T T.81, B.1.1.4: each segment is a marker, its length with these two bytes, and the content. */
const jpeg: Container = {
  locate(bytes) {
    const view = viewOf(bytes);
    let found: XmpPlace | undefined;
    let isSigned = false;
    let insertAt = 2;
    for (let start = 2; ;) {
      const marker = view.getUint16(start);
      if (marker === startOfScan) return { ...(found ?? { start: insertAt, end: insertAt }), isSigned };
      if (marker < 0xff_c0) return undefined;
      const end = start + 2 + view.getUint16(start + 2);
      const content = bytes.subarray(start + 4, end);
      const isExif = marker === app1 && startsWith(content, jpegExif);
      // JFIF's segment and EXIF's want to be the first.
      if (start === insertAt && (marker === app0 || isExif)) insertAt = end;
      if (marker === app1 && startsWith(content, jpegHead)) {
        found = { start, end, packet: content.subarray(jpegHead.length) };
      }
      if (marker === app11) isSigned = true;
      start = end;
    }
  },
  frame(packet) {
    const length = 2 + jpegHead.length + packet.length;
    return length > 0xff_ff
      ? undefined
      : joined(Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff), jpegHead, packet);
  },
};

/** RFC 9649, 2.3: each chunk is a type of four letters, its length, and the content, padded to an even length. */
const webp: Container = {
  locate(bytes) {
    const view = viewOf(bytes);
    const fileEnd = 8 + view.getUint32(4, true);
    if (fileEnd > bytes.length || readImageSize(bytes) === undefined) return undefined;
    let found: XmpPlace | undefined;
    let isSigned = false;
    for (let start = 12; start < fileEnd;) {
      const length = view.getUint32(start + 4, true);
      const end = start + 8 + length + (length % 2);
      if (end > fileEnd) return undefined;
      if (hasText(bytes, start, 'XMP ')) found = { start, end, packet: bytes.subarray(start + 8, start + 8 + length) };
      if (hasText(bytes, start, 'C2PA')) isSigned = true;
      start = end;
    }
    return { ...(found ?? { start: fileEnd, end: fileEnd }), isSigned };
  },
  frame: (packet) => joined(utf8('XMP '), uint32(packet.length, isLittle), packet, new Uint8Array(packet.length % 2)),
  complete(bytes, addedBytes) {
    const header = hasText(bytes, 12, 'VP8X') ? new Uint8Array(0) : webpHeader(bytes);
    const whole = joined(bytes.subarray(0, 12), header, bytes.subarray(12));
    const view = viewOf(whole);
    view.setUint32(4, view.getUint32(4, isLittle) + addedBytes + header.length, isLittle);
    // The flag of an XMP chunk.
    view.setUint8(20, view.getUint8(20) | 0b100);
    return whole;
  },
};
const isLittle = true;

/** The extended header that metadata needs: RFC 9649, 2.7. */
function webpHeader(bytes: Uint8Array): Uint8Array {
  const { width = 1, height = 1 } = readImageSize(bytes) ?? {};
  // A lossless image says in its own header whether it has transparent pixels: RFC 9649, 3.4.
  const hasAlpha = hasText(bytes, 12, 'VP8L') && ((bytes[24] ?? 0) & 0b1_0000) !== 0;
  const low24 = (value: number): readonly number[] => [value & 0xff, (value >> 8) & 0xff, value >> 16];
  const content = [hasAlpha ? 0b1_0000 : 0, 0, 0, 0, ...low24(width - 1), ...low24(height - 1)];
  return joined(utf8('VP8X'), uint32(content.length, isLittle), Uint8Array.from(content));
}

const containers: Readonly<Partial<Record<ImageMediaType | 'none', Container>>> = {
  'image/png': png,
  'image/jpeg': jpeg,
  'image/webp': webp,
};

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** `undefined` for what is not UTF-8. The mark that begins a packet stays. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function uint32(value: number, little = false): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, little);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** ISO/IEC 15948, annex D. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xed_b8_83_20 : 0);
  }
  return ~crc >>> 0;
}
