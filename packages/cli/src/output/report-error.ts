import { explain, ImageError, type OptionNames } from '@tintype/core';
import { EngineError, UsageError } from './exit-codes.ts';
import { paint, type Terminal } from './terminal.ts';

/** What core's options are called at the command line. */
const names: OptionNames = {
  endpoint: 'TINTYPE_ENDPOINT_URL',
  token: 'TINTYPE_ENDPOINT_TOKEN',
  protocol: 'TINTYPE_ENDPOINT_PROTOCOL',
  model: 'TINTYPE_ENDPOINT_MODEL',
  'timeout.total': '--timeout',
};

/** Says what went wrong and what to do; as JSON on stdout where results are JSON. Never a stack trace. */
export function reportError(error: unknown, terminal: Terminal, json: boolean): void {
  const { message, hint } = inWords(error);
  if (json) terminal.out.write(`${JSON.stringify({ error: { ...factsOf(error), message, hint } })}\n`);
  terminal.err.write(`${paint(terminal, 'red', '✗')} ${message}\n`);
  if (hint !== undefined) terminal.err.write(`  ${hint}\n`);
}

/** An error in the words of the command line: with the flags and variables that were typed. */
export function inWords(error: unknown): { readonly message: string; readonly hint: string | undefined } {
  if (ImageError.isInstance(error)) return explain(error, 'cli', names);
  if (!(error instanceof Error)) return { message: String(error), hint: undefined };
  // Also that of a gateway's store.
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
  return { message: error.message, hint };
}

function factsOf(error: unknown): object {
  if (ImageError.isInstance(error)) return error.toJSON();
  if (error instanceof EngineError) return { code: 'no_engine' };
  return { code: error instanceof UsageError ? 'usage' : 'unexpected' };
}
