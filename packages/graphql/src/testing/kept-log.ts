import { pino, type Level, type Logger } from 'pino';

/** Log lines as they are written, to be looked through. */
export function keptLog(level: Level = 'trace'): { readonly log: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  return { log: pino({ level }, { write: (line: string) => void lines.push(line) }), lines };
}
