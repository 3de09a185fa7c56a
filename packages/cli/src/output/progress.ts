import type { ClientEvent } from '@tintype/core';
import type { Terminal } from './terminal.ts';

/** Tells on stderr what a call is waiting for: one live line on a terminal, a line at every change elsewhere. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #startedAt: number;
  #topic = '';
  #state = 'starting';
  #lastEvent: ClientEvent['type'] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasLine = false;

  constructor(terminal: Terminal, now: () => number = Date.now) {
    this.#terminal = terminal;
    this.#now = now;
    this.#startedAt = now();
    if (terminal.isLive) this.#timer = setInterval(() => this.#draw(), 250).unref();
  }

  /** For a client's `onEvent`. */
  readonly listen = (event: ClientEvent): void => {
    // A cold start is told as such; that the request will be repeated is no more news then, and would hide it for minutes.
    const isKnown = event.type === 'repeating' && this.#lastEvent === 'waiting';
    this.#lastEvent = event.type;
    const state = isKnown ? undefined : describe(event);
    if (state !== undefined) this.say(state);
  };

  /** What the following lines are about, such as `2 of 4`. */
  about(topic: string): void {
    this.#topic = `${topic}: `;
  }

  say(text: string): void {
    const state = this.#topic + text;
    if (state === this.#state) return;
    this.#state = state;
    if (this.#terminal.isLive) this.#draw();
    else this.#terminal.err.write(`${state}\n`);
  }

  /** A line that stays. */
  note(line: string): void {
    this.clear();
    this.#terminal.err.write(`${line}\n`);
  }

  end(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  #draw(): void {
    const seconds = Math.round((this.#now() - this.#startedAt) / 1000);
    this.#terminal.err.write(`\r\u001B[2K${this.#state} … ${seconds} s`);
    this.#hasLine = true;
  }

  /** Takes the live line away, for others to write there. */
  clear(): void {
    if (this.#hasLine) this.#terminal.err.write('\r\u001B[2K');
    this.#hasLine = false;
  }
}

function describe(event: ClientEvent): string | undefined {
  switch (event.type) {
    case 'queued':
      return `waiting for its turn, ${event.ahead} before it`;
    case 'sending':
      return event.attempt === 1 ? 'drawing' : `drawing, attempt ${event.attempt}`;
    case 'waiting':
      return `the endpoint is starting (${event.status}); waiting for it`;
    case 'repeating': {
      const doubt = event.mayHaveRun ? '; the first may be billed as well' : '';
      return `failed (${event.why}); trying again in ${Math.max(1, Math.round(event.inMs / 1000))} s${doubt}`;
    }
    case 'receiving':
      return 'receiving the image';
    case 'finished':
    case 'failed':
      return undefined;
    default:
      return event satisfies never;
  }
}
