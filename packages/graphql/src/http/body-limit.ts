/** Bytes of the largest body that is read. A prompt has room enough, and a picture does not come in this way. */
export const maxBodyBytes = 256 * 1024;

/** Reads a body of text, or answers `undefined` for one that is too large. */
export async function readLimitedText(request: Request, maxBytes = maxBodyBytes): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return undefined;
  if (request.body === null) return '';
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body) {
    length += piece.length;
    if (length > maxBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
