import type { ByteTools } from './byte-tools.ts';
import { DecodeProblem } from './decode-problem.ts';
import { ImageJsonParser } from './image-json-parser.ts';
import type { ImageHead, ImageSink } from './image-sink.ts';
import { ImageWriter } from './image-writer.ts';

export interface ResponseBodyOptions {
  readonly tools: ByteTools;
  readonly sink: ImageSink;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Bound of the decoded image in bytes. */
  readonly maxImageBytes: number;
  /** Told once, as soon as the format is known and the size is too (or will not be), before the sink has the first byte. */
  readonly onHead?: ((head: ImageHead) => void) | undefined;
}

/** What a whole response held. */
export type ResponseContent =
  | { readonly kind: 'image'; readonly head: ImageHead; readonly meta: Readonly<Record<string, unknown>> }
  /** `200 {"error": …}`: some handlers catch everything and say so with a good status. */
  | { readonly kind: 'handler_error'; readonly text: string };

const maxEnvelope = 64 * 1024;

/** The body of a successful response: JSON with the image in it, or the image itself. */
export class ResponseBody {
  readonly #writer: ImageWriter;
  readonly #parser: ImageJsonParser | undefined;

  constructor({ tools, sink, headers, maxImageBytes, onHead }: ResponseBodyOptions) {
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new DecodeProblem(
        'not_json',
        `The response is compressed (${encoding}), although the request did not accept that.`,
      );
    }
    this.#writer = new ImageWriter({ sink, maxBytes: maxImageBytes, onHead });
    this.#parser = isBareImage(headers) ? undefined : new ImageJsonParser({ tools, writer: this.#writer, maxEnvelope });
  }

  /** Takes the next bytes, which may be overwritten. */
  push(chunk: Uint8Array): void {
    if (this.#parser === undefined) this.#writer.write(chunk);
    else this.#parser.push(chunk);
  }

  end(): ResponseContent {
    if (this.#parser === undefined) return { kind: 'image', head: this.#writer.end(), meta: {} };
    const { image, ...meta } = this.#parser.end();
    if (this.#parser.found) return { kind: 'image', head: this.#writer.end(), meta };
    if (meta['error'] !== undefined) {
      const { error } = meta;
      return { kind: 'handler_error', text: typeof error === 'string' ? error : JSON.stringify(error) };
    }
    throw new DecodeProblem('image_missing', missingImage(image, meta));
  }
}

/** Whether the body is the image itself and no JSON. */
function isBareImage(headers: Readonly<Record<string, string | undefined>>): boolean {
  return /^image\//i.test(headers['content-type'] ?? '');
}

function missingImage(image: unknown, meta: Readonly<Record<string, unknown>>): string {
  if (image === '') return "The response's image is empty.";
  if (image !== undefined)
    return `The response's image is ${image === null ? 'null' : `of type ${typeof image}`}, not base64 text.`;
  const names = Object.keys(meta);
  return names.length === 0
    ? 'The response is an empty object.'
    : `The response has no image. Its members are: ${names.slice(0, 10).join(', ')}.`;
}

/** How many bytes an image in a response of this length can have: what to set aside for it. */
export function expectedImageBytes(
  headers: Readonly<Record<string, string | undefined>>,
  maxImageBytes: number,
): number {
  const length = Number(headers['content-length']);
  if (!Number.isSafeInteger(length) || length <= 0) return 64 * 1024;
  return Math.min(maxImageBytes, isBareImage(headers) ? length : Math.ceil(length / 4) * 3);
}
