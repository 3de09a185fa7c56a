/** The image formats that are told apart by their first bytes. */
export type ImageMediaType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif' | 'image/avif' | 'image/bmp';

const extensions: Readonly<Record<ImageMediaType, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'image/bmp': 'bmp',
};

/** The usual file name extension, without a dot. */
export function extensionOf(mediaType: ImageMediaType): string {
  return extensions[mediaType];
}

/** How many first bytes `sniffMediaType` looks at. */
export const signatureLength = 12;

export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * Tells the format by the signature in the first 12 bytes; a name or header is never trusted. `undefined` where they are
 * no image's.
 */
export function sniffMediaType(bytes: Uint8Array): ImageMediaType | undefined {
  // PNG (RFC 2083, 3.1) guards its signature with a high first byte and both line endings.
  if (hasText(bytes, 0, '\u0089PNG\r\n\u001A\n')) return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WEBP')) return 'image/webp';
  if (hasText(bytes, 0, 'GIF87a') || hasText(bytes, 0, 'GIF89a')) return 'image/gif';
  if (hasText(bytes, 4, 'ftypavif') || hasText(bytes, 4, 'ftypavis')) return 'image/avif';
  if (hasText(bytes, 0, 'BM') && bytes.length >= 6) return 'image/bmp';
  return undefined;
}
