import { Base64Run } from './base64-run.ts';
import type { ByteTools } from './byte-tools.ts';
import { DataUrlPrefix } from './data-url-prefix.ts';
import { DecodeProblem } from './decode-problem.ts';
import { Envelope } from './envelope.ts';
import type { ImageWriter } from './image-writer.ts';
import { JsonEscape } from './json-escape.ts';
import { JsonPath, type ImagePlace } from './json-path.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

/**
 * A push parser for JSON with an image in it. The text at the first of the places is decoded as it arrives and never
 * becomes a string; every other byte goes, with an empty text in its place, to the real `JSON.parse`, which vouches for
 * the rest.
 */
export class ImageJsonParser {
  readonly #writer: ImageWriter;
  readonly #places: readonly ImagePlace[];
  readonly #run: Base64Run;
  readonly #prefix: DataUrlPrefix;
  readonly #envelope: Envelope;
  readonly #path: JsonPath;
  /** What the next byte belongs to. */
  #part: 'structure' | 'string' | 'image' = 'structure';
  #afterBackslash = false;
  /** Where in the envelope a key began. */
  #keyStart: number | undefined;
  #escape: JsonEscape | undefined;
  #place: ImagePlace | undefined;

  constructor(options: {
    readonly tools: ByteTools;
    readonly writer: ImageWriter;
    readonly places: readonly ImagePlace[];
    readonly maxEnvelope: number;
  }) {
    this.#writer = options.writer;
    this.#places = options.places;
    this.#run = new Base64Run(options.tools, options.writer);
    this.#prefix = new DataUrlPrefix(this.#run);
    this.#envelope = new Envelope(options.maxEnvelope);
    this.#path = new JsonPath(Math.max(...options.places.map((place) => place.length)));
  }

  /** Takes the next bytes of the response, which may be overwritten where the sink decodes in place. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#part === 'image') {
        at = this.#escape === undefined ? this.#readImage(chunk, at) : this.#readEscape(chunk, at);
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (this.#part === 'string') this.#readString(byte);
      else this.#readStructure(byte);
    }
  }

  /** Where the image stood; `undefined` where there was none, or its text was empty. */
  get place(): ImagePlace | undefined {
    return this.#writer.length > 0 ? this.#place : undefined;
  }

  /**
   * The response is over.
   * @returns the document, with an empty string in place of the image's text.
   */
  end(): unknown {
    if (this.#part !== 'structure' || this.#path.depth > 0) {
      throw new DecodeProblem('truncated', 'The response ends midway.');
    }
    try {
      return JSON.parse(this.#envelope.text());
    } catch {
      throw this.#notJson();
    }
  }

  /** The beginning of the response, on one line. */
  excerpt(): string {
    return this.#envelope.excerpt();
  }

  #notJson(): DecodeProblem {
    const text = this.excerpt();
    return new DecodeProblem(
      'not_json',
      text === '' ? 'The response is empty.' : `The response is not valid JSON. It begins: ${text}`,
    );
  }

  #readStructure(byte: number): void {
    switch (byte) {
      case quote:
        this.#openString();
        return;
      case openBrace:
        this.#path.open('object');
        break;
      case openBracket:
        this.#path.open('list');
        break;
      case closeBrace:
      case closeBracket:
        this.#path.close();
        break;
      case comma:
        this.#path.comma();
        break;
      default:
        // A page of HTML or a plain sentence is known by its first character: no need to read on.
        if (this.#path.depth === 0 && byte > 0x20) {
          this.#envelope.push(byte);
          if (this.#envelope.length >= 200) throw this.#notJson();
          return;
        }
    }
    this.#envelope.push(byte);
  }

  #openString(): void {
    this.#envelope.push(quote);
    this.#keyStart = this.#path.expectsKey ? this.#envelope.length - 1 : undefined;
    const place = this.#keyStart === undefined ? this.#places.find((one) => this.#isAt(one)) : undefined;
    if (place !== undefined && place === this.#place) {
      throw new DecodeProblem('not_json', `The response has two members named "${place.join('.')}".`);
    }
    this.#part = place === undefined || this.#place !== undefined ? 'string' : 'image';
    if (this.#part === 'image') this.#place = place;
  }

  /** A bare string is the whole document: no words stand in front of it. */
  #isAt(place: ImagePlace): boolean {
    return this.#path.isAt(place) && (place.length > 0 || this.excerpt() === '"');
  }

  #readString(byte: number): void {
    this.#envelope.push(byte);
    if (this.#afterBackslash) {
      this.#afterBackslash = false;
    } else if (byte === backslash) {
      this.#afterBackslash = true;
    } else if (byte === quote) {
      this.#part = 'structure';
      if (this.#keyStart !== undefined) this.#takeKey(this.#keyStart);
    }
  }

  #takeKey(start: number): void {
    try {
      this.#path.key(String(JSON.parse(this.#envelope.text(start))));
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
    this.#part = 'structure';
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
