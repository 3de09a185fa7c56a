import { signatureLength, sniffMediaType } from '../image/media-type.ts';
import type { ByteTools } from './byte-tools.ts';
import { imageIsUrl } from './data-url-prefix.ts';
import { DecodeProblem } from './decode-problem.ts';
import { ImageJsonParser } from './image-json-parser.ts';
import type { ImageHead, ImageSink } from './image-sink.ts';
import { ImageWriter, join } from './image-writer.ts';
import type { ImagePlace } from './json-path.ts';

export interface ResponseBodyOptions {
  readonly tools: ByteTools;
  readonly sink: ImageSink;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Where JSON may hold the image. */
  readonly places: readonly ImagePlace[];
  /** Bound of the decoded image in bytes. */
  readonly maxImageBytes: number;
  /** Told once, as soon as the format is known and the size is too (or will not be), before the sink has the first byte. */
  readonly onHead?: ((head: ImageHead) => void) | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** What a whole response held. */
export type ResponseContent =
  | { readonly kind: 'image'; readonly head: ImageHead; readonly meta: Members }
  /** `200 {"error": …}`: some handlers catch everything and say so with a good status. */
  | { readonly kind: 'handler_error'; readonly text: string };

const maxEnvelope = 64 * 1024;

/** The body of a successful response: JSON with the image in it, or the image itself, whatever the headers say. */
export class ResponseBody {
  readonly #options: ResponseBodyOptions;
  readonly #writer: ImageWriter;
  /** Too few bytes to tell what they are. */
  #first: Uint8Array = new Uint8Array(0);
  #reader: ImageWriter | ImageJsonParser | undefined;

  constructor(options: ResponseBodyOptions) {
    const encoding = options.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new DecodeProblem(
        'not_json',
        `The response is compressed (${encoding}), although the request did not accept that.`,
      );
    }
    this.#options = options;
    this.#writer = new ImageWriter({ sink: options.sink, maxBytes: options.maxImageBytes, onHead: options.onHead });
  }

  /** Takes the next bytes, which may be overwritten. */
  push(chunk: Uint8Array): void {
    if (this.#reader !== undefined) {
      feed(this.#reader, chunk);
      return;
    }
    const seen = this.#first.length === 0 ? chunk : join(this.#first, chunk);
    this.#reader = this.#readerFor(seen, false);
    if (this.#reader === undefined) this.#first = seen.slice();
    else feed(this.#reader, seen);
  }

  end(): ResponseContent {
    if (this.#reader === undefined) {
      this.#reader = this.#readerFor(this.#first, true) ?? this.#parser();
      feed(this.#reader, this.#first);
    }
    if (this.#reader instanceof ImageWriter) return { kind: 'image', head: this.#writer.end(), meta: {} };
    const document = this.#reader.end();
    const { place } = this.#reader;
    if (place !== undefined) return { kind: 'image', head: this.#writer.end(), meta: membersBeside(document, place) };
    if (!isMembers(document)) {
      throw new DecodeProblem(
        'image_missing',
        `The response is JSON, but not an object with an image. It begins: ${this.#reader.excerpt()}`,
      );
    }
    const { error } = document;
    if (error !== undefined && error !== null)
      return { kind: 'handler_error', text: typeof error === 'string' ? error : JSON.stringify(error) };
    throw hasUrl(document) ? imageIsUrl() : new DecodeProblem('image_missing', missingImage(document));
  }

  /** `undefined` where the first bytes do not tell yet. */
  #readerFor(first: Uint8Array, isAll: boolean): ImageWriter | ImageJsonParser | undefined {
    const [byte] = first;
    if (byte !== undefined && beginningsOfJson.has(byte)) return this.#parser();
    if (first.length < signatureLength && !isAll) return undefined;
    const isImage = sniffMediaType(first) !== undefined || saysImage(this.#options.headers);
    return isImage ? this.#writer : this.#parser();
  }

  #parser(): ImageJsonParser {
    const { tools, places } = this.#options;
    return new ImageJsonParser({ tools, writer: this.#writer, places, maxEnvelope });
  }
}

/** White space, and the first character of an object, a list or a string. */
const beginningsOfJson = new Set(Array.from(' \t\r\n{["', (character) => character.charCodeAt(0)));

function feed(reader: ImageWriter | ImageJsonParser, bytes: Uint8Array): void {
  if (reader instanceof ImageWriter) reader.write(bytes);
  else reader.push(bytes);
}

function saysImage(headers: Readonly<Record<string, string | undefined>>): boolean {
  return /^image\//i.test(headers['content-type'] ?? '');
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The other members of the objects on the way to the image. */
function membersBeside(value: unknown, [step, ...deeper]: ImagePlace): Members {
  if (step === undefined) return {};
  if (Array.isArray(value)) return membersBeside(value[Number(step)], deeper);
  if (!isMembers(value)) return {};
  const { [step]: next, ...others } = value;
  return { ...others, ...membersBeside(next, deeper) };
}

/** Whether the document is one of those that name the image's address: `{"data": [{"url": …}]}` and the like. */
function hasUrl({ url, data, images, output }: Members): boolean {
  return [url, ...[data, images, output].map(firstOf)]
    .flatMap((one) => (isMembers(one) ? [one['url']] : [one]))
    .some((one) => typeof one === 'string' && /^https?:\/\//.test(one));
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function missingImage({ image, ...others }: Members): string {
  if (image === '') return "The response's image is empty.";
  if (image !== undefined)
    return `The response's image is ${image === null ? 'null' : `of type ${typeof image}`}, not base64 text.`;
  const names = Object.keys(others);
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
  return Math.min(maxImageBytes, saysImage(headers) ? length : Math.ceil(length / 4) * 3);
}
