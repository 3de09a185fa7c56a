import { pino, type Level, type Logger } from 'pino';

/** pino's number for errors. */
const errorLevel = 50;

/** A log whose lines are kept, to be looked through. */
export interface KeptLog {
  readonly log: Logger;
  /** As they are written: JSON each. */
  readonly lines: readonly string[];
  /** What its errors say, in their order. */
  readonly errors: () => readonly string[];
}

export function keptLog(level: Level = 'trace'): KeptLog {
  const lines: string[] = [];
  return {
    log: pino({ level }, { write: (line: string) => void lines.push(line) }),
    lines,
    errors: () =>
      lines
        .map((line) => JSON.parse(line) as { readonly level: number; readonly msg: string })
        .filter((line) => line.level >= errorLevel)
        .map(({ msg }) => msg),
  };
}
