import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

/** A stream to write lines to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  /** Whether a line on `err` may be written over. */
  readonly isLive: boolean;
  /** Asks a question on `err`; absent where nobody is there to answer. Without an answer (Ctrl+D) it is `undefined`. */
  readonly ask?: ((question: string, signal: AbortSignal) => Promise<string | undefined>) | undefined;
}

/** This process's own. */
export function processTerminal(): Terminal {
  const { stdin, stdout: out, stderr: err } = process;
  const isAttended = err.isTTY && process.env['CI'] === undefined;
  return {
    out,
    err,
    isLive: isAttended && process.env['TERM'] !== 'dumb',
    ask: isAttended && stdin.isTTY ? ask : undefined,
  };
}

async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  // Not as a terminal: Ctrl+C stays the signal that ends any command.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const closed = new Promise<undefined>((resolve) => {
    lines.once('close', () => resolve(undefined));
  });
  try {
    return await Promise.race([lines.question(question, { signal }), closed]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    lines.close();
  }
}

type Style = Parameters<typeof styleText>[0];

/** Styles text for a stream; plain where it is no terminal or `NO_COLOR` is set. */
export function paint(terminal: Terminal, style: Style, text: string): string {
  const isPlain = terminal.err.isTTY !== true || (process.env['NO_COLOR'] ?? '') !== '';
  return isPlain ? text : styleText(style, text, { validateStream: false });
}
