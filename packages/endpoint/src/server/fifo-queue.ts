/** More work than the queue may hold. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** One task at a time, first come, first served, with room for so many waiting ones. */
export class FifoQueue {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  /** @param limit - tasks that may wait beside the running one */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Tasks that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Tasks that run: 0 or 1. */
  get running(): number {
    return this.#busy ? 1 : 0;
  }

  /**
   * Runs a task when its turn comes. Aborting gives a waiting place back; a running task has to look at the signal itself.
   *
   * @throws QueueFullError where there is no room, the signal's reason where it was aborted in time, or the task's error
   */
  async run<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    if (this.#busy) await this.#turn(signal);
    this.#busy = true;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy = false;
      else next();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= this.#limit) throw new QueueFullError(`${this.#limit} requests are waiting already.`);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      const place = this.#waiting.indexOf(resolve);
      if (place === -1) return;
      this.#waiting.splice(place, 1);
      reject(signal.reason as Error);
    };
    this.#waiting.push(resolve);
    signal.addEventListener('abort', leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
