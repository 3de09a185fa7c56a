/** Lets so many calls through at a time, first come first served. */
export class Limiter {
  readonly #limit: number;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** How many calls come before the next one: 0 where there is room. */
  get ahead(): number {
    return this.#running < this.#limit ? 0 : this.#running + this.#waiting.size;
  }

  /** Settles when there is room; rejects with the signal's reason when it aborts first. Whoever got in calls `leave`. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#limit) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        this.#waiting.delete(go);
        reject(signal.reason);
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    // The place is handed on, not given back.
    this.#waiting.delete(next);
    next();
  }
}
