import { sniffMediaType } from '../image/media-type.ts';
import { Base64Run } from './base64-run.ts';
import type { ByteTools } from './byte-tools.ts';
import { DataUrlPrefix } from './data-url-prefix.ts';
import { DecodeProblem } from './decode-problem.ts';
import { Envelope } from './envelope.ts';
import type { ImageWriter } from './image-writer.ts';
import { JsonEscape } from './json-escape.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

const imageKey = 'image';

/**
 * A push parser for `{ "image": "<base64>", … }`. The text of the top-level `image` is decoded as it arrives and never
 * becomes a string; every other byte goes, with an empty `image`, to the real `JSON.parse`, which vouches for the rest.
 */
export class ImageJsonParser {
  readonly #writer: ImageWriter;
  readonly #run: Base64Run;
  readonly #prefix: DataUrlPrefix;
  readonly #envelope: Envelope;
  /** Where the next byte stands. */
  #place: 'structure' | 'string' | 'image' = 'structure';
  #depth = 0;
  #inObject = false;
  #expectsKey = false;
  #afterBackslash = false;
  /** Where in the envelope a top-level key began. */
  #keyStart: number | undefined;
  #key: string | undefined;
  #escape: JsonEscape | undefined;
  #found = false;

  constructor(options: { readonly tools: ByteTools; readonly writer: ImageWriter; readonly maxEnvelope: number }) {
    this.#writer = options.writer;
    this.#run = new Base64Run(options.tools, options.writer);
    this.#prefix = new DataUrlPrefix(this.#run);
    this.#envelope = new Envelope(options.maxEnvelope);
  }

  /** Takes the next bytes of the response, which may be overwritten where the sink decodes in place. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#place === 'image') {
        at = this.#escape === undefined ? this.#readImage(chunk, at) : this.#readEscape(chunk, at);
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (this.#place === 'string') this.#readString(byte);
      else this.#readStructure(byte);
    }
  }

  /** Whether the response had an image's text, and it was not empty. */
  get found(): boolean {
    return this.#found && this.#writer.length > 0;
  }

  /**
   * the response is complete.
   * @returns its members, `image` as an empty string where it was a text.
   */
  end(): Record<string, unknown> {
    if (this.#place !== 'structure' || this.#depth > 0) {
      throw new DecodeProblem('truncated', 'The response ends midway.');
    }
    let members: unknown;
    try {
      members = JSON.parse(this.#envelope.text());
    } catch {
      throw this.#notJson();
    }
    if (typeof members !== 'object' || members === null || Array.isArray(members)) throw this.#notAnObject();
    return members as Record<string, unknown>;
  }

  #notAnObject(): DecodeProblem {
    return new DecodeProblem(
      'image_missing',
      `The response is JSON, but not an object with an image. It begins: ${this.#envelope.excerpt()}`,
    );
  }

  #notJson(): DecodeProblem {
    return new DecodeProblem('not_json', this.#whatElse());
  }

  #whatElse(): string {
    const image = sniffMediaType(this.#envelope.beginning());
    if (image !== undefined) return `The response is a bare image (${image}), but its Content-Type says otherwise.`;
    const text = this.#envelope.excerpt();
    return text === '' ? 'The response is empty.' : `The response is not valid JSON. It begins: ${text}`;
  }

  #readStructure(byte: number): void {
    switch (byte) {
      case quote:
        this.#openString();
        return;
      case openBrace:
      case openBracket:
        this.#depth += 1;
        if (this.#depth === 1) {
          this.#inObject = byte === openBrace;
          this.#expectsKey = this.#inObject;
        }
        break;
      case closeBrace:
      case closeBracket:
        this.#depth -= 1;
        break;
      case comma:
        if (this.#depth === 1) this.#expectsKey = this.#inObject;
        break;
      default:
        // A page of HTML or a plain sentence is known by its first character: no need to read on.
        if (this.#depth === 0 && byte > 0x20) {
          this.#envelope.push(byte);
          if (this.#envelope.length >= 200) throw this.#notJson();
          return;
        }
    }
    this.#envelope.push(byte);
  }

  #openString(): void {
    this.#envelope.push(quote);
    const isTop = this.#depth === 1 && this.#inObject;
    if (isTop && !this.#expectsKey && this.#key === imageKey) {
      if (this.#found) throw new DecodeProblem('not_json', 'The response has two members named "image".');
      this.#found = true;
      this.#place = 'image';
      return;
    }
    this.#keyStart = isTop && this.#expectsKey ? this.#envelope.length - 1 : undefined;
    this.#place = 'string';
  }

  #readString(byte: number): void {
    this.#envelope.push(byte);
    // The toolkit's default pipeline responds with a bare string; it would fill the envelope and be called too large.
    if (this.#depth === 0 && this.#envelope.length > 4096) throw this.#notAnObject();
    if (this.#afterBackslash) {
      this.#afterBackslash = false;
    } else if (byte === backslash) {
      this.#afterBackslash = true;
    } else if (byte === quote) {
      this.#place = 'structure';
      if (this.#keyStart !== undefined) this.#takeKey(this.#keyStart);
    }
  }

  #takeKey(start: number): void {
    this.#expectsKey = false;
    try {
      this.#key = String(JSON.parse(this.#envelope.text(start)));
    } catch {
      throw this.#notJson();
    }
  }

  #readImage(chunk: Uint8Array, at: number): number {
    const closing = chunk.indexOf(quote, at);
    const end = closing === -1 ? chunk.length : closing;
    const escaped = chunk.subarray(at, end).indexOf(backslash);
    if (escaped !== -1) {
      this.#prefix.push(chunk, at, at + escaped);
      this.#escape = new JsonEscape();
      return at + escaped + 1;
    }
    this.#prefix.push(chunk, at, end);
    if (closing === -1) return end;
    this.#prefix.end();
    this.#envelope.push(quote);
    this.#key = undefined;
    this.#place = 'structure';
    return closing + 1;
  }

  #readEscape(chunk: Uint8Array, at: number): number {
    const character = this.#escape?.push(chunk[at] ?? 0);
    if (character !== undefined) {
      this.#escape = undefined;
      // Encoders that follow MIME break lines every 76 characters; in JSON that is an escape.
      const isLineBreak = character === '\n' || character === '\r';
      if (!isLineBreak) this.#prefix.push(Uint8Array.of(Math.min(character.charCodeAt(0), 0xff)), 0, 1);
    }
    return at + 1;
  }
}
