import { DecodeProblem } from './decode-problem.ts';

const longest = 5;

/** One escape sequence of a JSON string (RFC 8259, section 7), coming byte by byte after its backslash. */
export class JsonEscape {
  #text = '';

  /** @returns the character that the sequence stands for, once it is whole. */
  push(byte: number): string | undefined {
    this.#text += String.fromCharCode(byte);
    if (this.#text.startsWith('u') && this.#text.length < longest) return undefined;
    try {
      return String(JSON.parse(`"\\${this.#text}"`));
    } catch {
      throw new DecodeProblem('not_json', `The image's text contains \\${this.#text}, which is not a JSON escape.`);
    }
  }
}
