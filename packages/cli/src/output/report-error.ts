import { ImageError } from '@tintype/core';
import { EngineError, UsageError } from '../exit-codes.ts';
import { paint, type Terminal } from './terminal.ts';

/** Says what went wrong and what to do; as JSON on stdout where results are JSON. Never a stack trace. */
export function reportError(error: unknown, terminal: Terminal, json: boolean): void {
  const facts = describeError(error);
  if (json) terminal.out.write(`${JSON.stringify({ error: facts.json })}\n`);
  terminal.err.write(`${paint(terminal, 'red', '✗')} ${facts.message}\n`);
  // The hint is for callers of the client; here its option is a flag.
  if (facts.hint !== undefined) terminal.err.write(`  ${facts.hint.replace('timeout.total', '--timeout')}\n`);
}

interface ErrorText {
  readonly message: string;
  readonly hint: string | undefined;
  readonly json: unknown;
}

function describeError(error: unknown): ErrorText {
  if (ImageError.isInstance(error)) return { message: error.message, hint: error.hint, json: error.toJSON() };
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof UsageError || error instanceof EngineError ? error.hint : undefined;
  const code = error instanceof UsageError ? 'usage' : error instanceof EngineError ? 'no_engine' : 'unexpected';
  return { message, hint, json: { code, message, hint } };
}
