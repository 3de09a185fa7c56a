import type { Base64Run } from './base64-run.ts';
import { DecodeProblem } from './decode-problem.ts';

const scheme = 'data:';
const addresses = ['http://', 'https://'];
const beginnings = [scheme, ...addresses];
const firstCharacters = new Set(beginnings.map((beginning) => beginning.charCodeAt(0)));
const longestPrefix = 256;
const comma = ','.charCodeAt(0);

/**
 * Takes `data:image/png;base64,` off the front where it stands, and refuses the address of an image: no base64 text
 * begins so, for want of a colon in its alphabet.
 */
export class DataUrlPrefix {
  readonly #run: Base64Run;
  /** What was seen of a possible prefix; undefined once that is settled. */
  #seen: string | undefined = '';

  constructor(run: Base64Run) {
    this.#run = run;
  }

  push(source: Uint8Array, start: number, end: number): void {
    let at = start;
    // Nearly always there is none, and the first byte tells.
    if (this.#seen === '' && at < end && !firstCharacters.has(source[at] ?? 0)) this.#seen = undefined;
    while (this.#seen !== undefined && at < end) {
      this.#look(source[at] ?? 0);
      at += 1;
    }
    this.#run.push(source, at, end);
  }

  end(): void {
    if (this.#seen?.startsWith(scheme)) throw noBase64();
    this.#giveBack();
    this.#run.end();
  }

  #look(byte: number): void {
    if (this.#seen?.startsWith(scheme)) {
      if (byte === comma) {
        if (!this.#seen.toLowerCase().endsWith(';base64')) throw noBase64();
        this.#seen = undefined;
        return;
      }
      if (this.#seen.length >= longestPrefix) throw noBase64();
    }
    this.#seen += String.fromCharCode(byte);
    const seen = this.#seen ?? '';
    if (addresses.includes(seen)) throw imageIsUrl();
    if (!seen.startsWith(scheme) && !beginnings.some((beginning) => beginning.startsWith(seen))) this.#giveBack();
  }

  #giveBack(): void {
    const text = this.#seen ?? '';
    this.#seen = undefined;
    if (text !== '')
      this.#run.push(
        Uint8Array.from(text, (character) => character.charCodeAt(0)),
        0,
        text.length,
      );
  }
}

/** An address may be a secret: it is not shown. */
export function imageIsUrl(): DecodeProblem {
  return new DecodeProblem('image_missing', 'The response has the URL of an image, not the image itself.');
}

function noBase64(): DecodeProblem {
  return new DecodeProblem('bad_base64', 'The image is a data URL that is not in base64.');
}
