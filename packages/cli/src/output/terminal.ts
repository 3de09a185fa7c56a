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
}

/** This process's own. */
export function processTerminal(): Terminal {
  const { stdout: out, stderr: err } = process;
  return { out, err, isLive: err.isTTY && process.env['TERM'] !== 'dumb' && process.env['CI'] === undefined };
}

type Style = Parameters<typeof styleText>[0];

/** Styles text for a stream; plain where it is no terminal or `NO_COLOR` is set. */
export function paint(terminal: Terminal, style: Style, text: string): string {
  const isPlain = terminal.err.isTTY !== true || (process.env['NO_COLOR'] ?? '') !== '';
  return isPlain ? text : styleText(style, text, { validateStream: false });
}
