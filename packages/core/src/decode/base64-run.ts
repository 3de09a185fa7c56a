import type { ByteTools } from './byte-tools.ts';
import { DecodeProblem } from './decode-problem.ts';
import type { ImageWriter } from './image-writer.ts';
import { portableBytes } from './portable-bytes.ts';

/** Text of more than 128 KB goes to V8's large-object space, where making it costs eight times as much. */
const sliceLength = 64 * 1024;
/** The most bytes that a sink is asked to take at a time. */
export const largestSlice = (sliceLength / 4) * 3;
const pad = 0x3d;

/**
 * One base64 text, coming in any pieces. Strict: the standard alphabet only, padding only at the end (it may be missing),
 * no white space.
 */
export class Base64Run {
  readonly #tools: ByteTools;
  readonly #writer: ImageWriter;
  /** The last, yet undecoded group: an incomplete one, or one that ends in padding. */
  readonly #group = new Uint8Array(4);
  #held = 0;

  constructor(tools: ByteTools, writer: ImageWriter) {
    this.#tools = tools;
    this.#writer = writer;
  }

  /** Takes `source[start, end)`, which may be overwritten by what it decodes to. */
  push(source: Uint8Array, start: number, end: number): void {
    let at = start;
    if (this.#held > 0) {
      while (this.#held < 4 && at < end) this.#hold(source[at++]);
      const mayBeLast = at === end && this.#group[3] === pad;
      if (this.#held < 4 || mayBeLast) return;
      this.#decodeGroup();
    }
    let whole = at + ((end - at) & ~3);
    if (whole === end && whole > at && source[whole - 1] === pad) whole -= 4;
    for (; at < whole; at += sliceLength) this.#decode(source, at, Math.min(at + sliceLength, whole));
    for (let rest = whole; rest < end; rest += 1) this.#hold(source[rest]);
  }

  /** The text is over. */
  end(): void {
    if (this.#held === 0) return;
    let significant = this.#held;
    while (significant > 0 && this.#group[significant - 1] === pad) significant -= 1;
    const padding = this.#held - significant;
    // One character holds six bits, less than a byte; and where there is padding it fills the group.
    if (significant < 2 || (padding > 0 && this.#held !== 4)) {
      throw new DecodeProblem('bad_base64', "The image's base64 ends in an incomplete group.");
    }
    const group = new Uint8Array(4).fill(0x41);
    group.set(this.#group.subarray(0, significant));
    const bytes = new Uint8Array(3);
    const bad = portableBytes.decodeBase64(group, 0, 4, bytes, 0);
    if (bad !== undefined) throw badCharacter(bad);
    const length = significant - 1;
    const claim = this.#writer.claim(length, bytes, 0);
    claim.target.set(bytes.subarray(0, length), claim.offset);
    this.#writer.commit(claim, length);
    this.#held = 0;
  }

  #hold(byte: number | undefined): void {
    this.#group[this.#held] = byte ?? 0;
    this.#held += 1;
  }

  /** Four characters that came in two chunks: too few to be worth the way to Node's own decoder. */
  #decodeGroup(): void {
    const group = this.#group.slice();
    const claim = this.#writer.claim(3, group, 0);
    const bad = portableBytes.decodeBase64(this.#group, 0, 4, claim.target, claim.offset);
    if (bad !== undefined) throw badCharacter(bad);
    this.#writer.commit(claim, 3);
    this.#held = 0;
  }

  #decode(source: Uint8Array, start: number, end: number): void {
    const length = ((end - start) >> 2) * 3;
    const claim = this.#writer.claim(length, source, start);
    const bad = this.#tools.decodeBase64(source, start, end, claim.target, claim.offset);
    if (bad !== undefined) throw badCharacter(bad);
    this.#writer.commit(claim, length);
  }
}

function badCharacter(bad: number): DecodeProblem {
  if (bad === pad) return new DecodeProblem('bad_base64', "The image's base64 continues after its padding.");
  const shown =
    bad > 0x20 && bad < 0x7f ? `"${String.fromCharCode(bad)}"` : `the byte 0x${bad.toString(16).padStart(2, '0')}`;
  return new DecodeProblem('bad_base64', `The image's base64 contains ${shown}, which is not a base64 character.`);
}
