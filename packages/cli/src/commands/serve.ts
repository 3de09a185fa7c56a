import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { endpointTarget } from '../config/endpoint-target.ts';
import { gatewayConfig, gatewayVariables, type ServeFlags } from '../config/gateway-config.ts';
import { SettingReader } from '../config/setting-reader.ts';
import { variableOf } from '../config/variable-of.ts';
import { exitCodes, UsageError } from '../output/exit-codes.ts';
import { installCommand } from '../output/install-command.ts';
import { exampleCall } from '../output/example-call.ts';
import { createPrettyLog } from '../output/pretty-log.ts';
import type { CommandContext } from '../config/command-context.ts';
import { listenProblem } from './listen-problem.ts';
import { startLocalEndpoint } from './local-endpoint.ts';
import { untilStopped } from './until-stopped.ts';
import { findImageSource } from './with-endpoint.ts';

export function addServe(program: Command, context: CommandContext, done: (exitCode: number) => void): void {
  const variables = Object.entries(gatewayVariables).map(([name, says]) => `  ${name.padEnd(28)} ${says}`);
  program
    .command('serve')
    .description('serve the GraphQL gateway; starts the local endpoint too when TINTYPE_ENDPOINT_URL is unset')
    .option('--port <number>', 'port to listen on (default: 4000)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--allow-anonymous', 'let others than this machine in without an API key')
    .option('--json', 'the addresses as JSON on stdout')
    .addHelpText('after', `\nEnvironment:\n${variables.join('\n')}`)
    .action(async (flags: ServeFlags) => done(await serve(flags, context).catch(sayWhereToInstall)));
}

/** Packages that only some gateways need go where this program finds them, which depends on how it was installed. */
async function sayWhereToInstall(error: unknown): Promise<never> {
  const { MissingPackagesError } = await import('@tintype/graphql');
  if (!(error instanceof MissingPackagesError)) throw error;
  throw new UsageError(error.reason, `Install them: ${installCommand(error.install)}`);
}

async function serve(flags: ServeFlags, context: CommandContext): Promise<number> {
  const { terminal, environment, signal } = context;
  const read = new SettingReader(environment);
  const { options, log, limits, extraFields, store } = gatewayConfig(read, flags, terminal.err.isTTY === true);
  const target = endpointTarget(environment);
  const { ConfigurationError, createGateway, optionProblems } = await import('@tintype/graphql');
  const endpoint = { ...target, url: target?.url ?? 'http://127.0.0.1', limits, extraFields };
  for (const problem of optionProblems({ ...options, endpoint }, variableOf)) read.problem(problem);
  read.finish();

  // A gateway that runs no jobs asks no endpoint.
  const isGatewayOnly = options.role === 'gateway';
  const source = isGatewayOnly ? undefined : await findImageSource(context);
  const local =
    source?.isLocal === true ? await startLocalEndpoint(source.engine, environment, { port: 0 }) : undefined;
  try {
    if (local !== undefined) await Promise.race([local.ready(), untilStopped(signal)]);
    signal.throwIfAborted();
    const endpointUrl = local?.url ?? endpoint.url;
    const gateway = createGateway({
      ...options,
      log: log === 'pretty' ? await createPrettyLog(terminal) : log,
      endpoint: { ...endpoint, url: endpointUrl },
    });
    try {
      const { url } = await gateway.listen().catch((error: unknown) => {
        if (error instanceof ConfigurationError) throw new UsageError(error.problemsNamed(variableOf).join('\n  '));
        throw listenProblem(error, options.port, options.host);
      });
      const images = store.startsWith('s3:') ? store : join(relative(process.cwd(), store) || '.', 'images');
      if (flags.json === true) {
        terminal.out.write(`${JSON.stringify({ url, graphql: `${url}/graphql`, endpoint: endpointUrl, images })}\n`);
      } else {
        const drawnBy = isGatewayOnly ? 'workers' : describeEndpoint(endpointUrl, local !== undefined);
        const facts = { url, needsKey: options.apiKeys !== undefined, drawnBy, images };
        terminal.out.write(options.role === 'worker' ? workerWelcome(facts) : welcome(facts));
      }
      await untilStopped(signal, local);
      if (flags.json !== true) terminal.out.write('\nStopping.\n');
    } finally {
      await gateway.close();
    }
  } finally {
    await local?.close();
  }
  return exitCodes.ok;
}

interface Welcome {
  readonly url: string;
  readonly needsKey: boolean;
  readonly drawnBy: string;
  readonly images: string;
}

function describeEndpoint(endpoint: string, isLocal: boolean): string {
  return isLocal ? 'the tiny model that comes with Tintype; set TINTYPE_ENDPOINT_URL for your own endpoint' : endpoint;
}

function workerWelcome({ url, drawnBy, images }: Welcome): string {
  return `
Tintype is running jobs, and takes no requests

  Ready?         ${url}/ready
  Drawn by       ${drawnBy}
  Images in      ${images}

Ctrl+C stops it.
`;
}

function welcome({ url, needsKey, drawnBy, images }: Welcome): string {
  return `
Tintype is serving on ${url}

  In a browser   ${url}/graphql
  Drawn by       ${drawnBy}
  Images in      ${images}

Make an image:

${exampleCall(url, { needsKey })}

Ctrl+C stops it.
`;
}
