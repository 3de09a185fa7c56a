import { stripVTControlCharacters } from 'node:util';
import type { Logger } from 'pino';
import { paint, type Terminal } from './terminal.ts';

/** A log for people on stderr: a line for each entry, in color on a terminal. */
export async function createPrettyLog(terminal: Terminal): Promise<Logger> {
  const { pino } = await import('pino');
  const write = (line: string): void => {
    const { level, time, msg, err, ...facts } = JSON.parse(line) as Entry;
    const label = (pino.levels.labels[level] ?? String(level)).toUpperCase().padEnd(5);
    const clock = new Date(time).toTimeString().slice(0, 'HH:MM:SS'.length);
    const told = Object.entries(facts).map(([name, value]) => ` ${name}=${plain(value)}`);
    terminal.err.write(
      `${clock} ${paint(terminal, styleOf(level), label)} ${msg}${paint(terminal, 'dim', told.join(''))}${cause(err)}\n`,
    );
  };
  return pino({ base: null }, { write });
}

interface Entry {
  readonly level: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly msg: string;
  readonly err?: { readonly message?: string; readonly stack?: string } | string;
  readonly [fact: string]: unknown;
}

/** By pino's numbers: 50 is an error, 40 a warning. */
function styleOf(level: number): 'red' | 'yellow' | 'green' {
  if (level >= 50) return 'red';
  return level >= 40 ? 'yellow' : 'green';
}

/** Words as they are; everything else as JSON, which no terminal takes for a command. */
function plain(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);
}

function cause(err: Entry['err']): string {
  if (err === undefined) return '';
  const text = typeof err === 'string' ? err : (err.stack ?? err.message ?? '');
  return `\n  ${stripVTControlCharacters(text).replaceAll('\n', '\n  ')}`;
}
