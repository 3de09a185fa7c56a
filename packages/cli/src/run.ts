import { Command, CommanderError } from 'commander';
import { packageVersion } from './config/own-package.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEndpoint } from './commands/endpoint.ts';
import { addEngine } from './commands/engine.ts';
import { addGenerate } from './commands/generate.ts';
import { addInspect } from './commands/inspect.ts';
import { addServe } from './commands/serve.ts';
import type { CommandContext } from './config/command-context.ts';
import { exitCodeOf, exitCodes } from './output/exit-codes.ts';
import { reportError } from './output/report-error.ts';
import { processTerminal } from './output/terminal.ts';

/**
 * Carries out a command line.
 * @returns the code for the process to end with.
 */
export async function run(args: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new Error('Stopped by a signal.'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const context: CommandContext = { terminal, environment: process.env, signal: stop.signal };
  let exitCode: number = exitCodes.ok;
  const done = (code: number): void => {
    exitCode = code;
  };

  const program = new Command('tintype')
    .description('Images from your text-to-image endpoint: from the shell, over GraphQL, or served on this machine.')
    .version(packageVersion())
    .showSuggestionAfterError()
    .showHelpAfterError('(see tintype --help)')
    .exitOverride()
    .addHelpText('after', environmentHelp);
  addServe(program, context, done);
  addGenerate(program, context, done);
  addEndpoint(program, context, done);
  addEngine(program, context, done);
  addDoctor(program, context, done);
  addInspect(program, context, done);

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // commander has told it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error === stop.signal.reason) return exitCodes.interrupted;
    reportError(error, terminal, args.includes('--json'));
    return exitCodeOf(error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
  return exitCode;
}

const environmentHelp = `
Environment:
  TINTYPE_ENDPOINT_URL       your endpoint; without it, the engine makes images on this machine (tintype engine install)
  TINTYPE_ENDPOINT_TOKEN     its token (default: HF_TOKEN)
  TINTYPE_ENDPOINT_PROTOCOL  what it speaks: inference-api, hugging-face or openai (default: inference-api)
  TINTYPE_ENDPOINT_MODEL     the model that requests name, for the protocol openai
  TINTYPE_MODEL              model folder for the local endpoint
  NO_COLOR                   no colors

Exit codes: 0 done, 2 wrong command or request, 3 token or URL refused, 4 endpoint or engine not available, 5 endpoint failed,
6 network or deadline, 130 stopped, 1 anything else.`;
