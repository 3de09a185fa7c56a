/** The keys and indexes that lead to a value in a JSON document; empty for the document itself. */
export type ImagePlace = readonly (string | number)[];

/** Where a push parser stands in a JSON document, down to a depth. */
export class JsonPath {
  readonly #deepest: number;
  /** One for each open container: the index in a list, the key in an object, `undefined` while a key is expected. */
  readonly #steps: (string | number | undefined)[] = [];
  #depth = 0;

  constructor(deepest: number) {
    this.#deepest = deepest;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Whether the next string is a key that is worth reading. */
  get expectsKey(): boolean {
    return this.#depth > 0 && this.#depth <= this.#deepest && this.#steps[this.#depth - 1] === undefined;
  }

  open(container: 'object' | 'list'): void {
    this.#depth += 1;
    if (this.#depth <= this.#deepest) this.#steps[this.#depth - 1] = container === 'object' ? undefined : 0;
  }

  close(): void {
    this.#depth -= 1;
  }

  key(name: string): void {
    this.#steps[this.#depth - 1] = name;
  }

  /** The next member begins. */
  comma(): void {
    if (this.#depth < 1 || this.#depth > this.#deepest) return;
    const step = this.#steps[this.#depth - 1];
    this.#steps[this.#depth - 1] = typeof step === 'number' ? step + 1 : undefined;
  }

  isAt(place: ImagePlace): boolean {
    return this.#depth === place.length && place.every((step, index) => this.#steps[index] === step);
  }
}
