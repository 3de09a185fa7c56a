import type { EndpointEvent, EndpointOptions, FailurePlan } from '@tintype/endpoint';
import type { Command } from 'commander';
import { SettingReader } from '../config/setting-reader.ts';
import { loadEngine } from '../engine/load-engine.ts';
import { exitCodes, UsageError } from '../output/exit-codes.ts';
import type { CommandContext } from '../config/command-context.ts';
import { startLocalEndpoint } from './local-endpoint.ts';
import { untilStopped } from './until-stopped.ts';

interface EndpointFlags {
  readonly port?: string;
  readonly host?: string;
  readonly model?: string;
  readonly token?: string;
  readonly format?: string;
  readonly strict?: boolean;
  readonly fail: readonly string[];
  readonly delay?: string;
  readonly coldStart?: string;
  readonly json?: boolean;
}

export function addEndpoint(program: Command, context: CommandContext, done: (exitCode: number) => void): void {
  program
    .command('endpoint')
    .description('serve the Inference API on this machine, with a small diffusion model; also for testing clients')
    .option('--port <number>', 'port to listen on', '8080')
    .option('--host <address>', 'address to listen on; other than loopback needs a token', '127.0.0.1')
    .option(
      '--model <folder>',
      'diffusers-style ONNX folder (default: TINTYPE_MODEL, or the tiny model that comes with Tintype)',
    )
    .option('--token <token>', 'token that callers must send (default: TINTYPE_ENDPOINT_TOKEN, or any)')
    .option('--format <type>', 'png, jpeg or webp', 'png')
    .option('--strict', 'take Content-Type and Accept as literally as the real container')
    .option('--fail <status:times>', 'fail the first requests, such as 503:3 (repeatable)', collect, [])
    .option('--delay <duration>', 'wait before each image, such as 2s')
    .option('--cold-start <duration>', 'answer 503 for this long after the first request, such as 10s')
    .option('--json', 'the address and every event as JSON lines on stdout')
    .action(async (flags: EndpointFlags) => done(await endpoint(flags, context)));
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

async function endpoint(flags: EndpointFlags, context: CommandContext): Promise<number> {
  const { terminal, environment, signal } = context;
  const read = new SettingReader(environment);
  const json = flags.json === true;
  const options: EndpointOptions = {
    port: read.integer({ flag: { name: '--port', value: flags.port } }, { least: 0, most: 65_535 }),
    host: flags.host,
    token: read.text({ variable: 'TINTYPE_ENDPOINT_TOKEN', flag: { name: '--token', value: flags.token } }),
    format: read.choice({ flag: { name: '--format', value: flags.format } }, ['png', 'jpeg', 'webp']),
    strict: flags.strict,
    fail: flags.fail.flatMap((text) => readFailure(text, read)),
    delayMs: read.duration({ flag: { name: '--delay', value: flags.delay } }),
    coldStartMs: read.duration({ flag: { name: '--cold-start', value: flags.coldStart } }),
    ...(flags.model === undefined ? {} : { model: flags.model }),
    onEvent: (event) => {
      const line = json
        ? JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
        : describeEvent(event);
      if (line !== undefined) (json ? terminal.out : terminal.err).write(`${line}\n`);
    },
  };
  read.finish();
  const served = await startLocalEndpoint(await loadEngine(context), environment, options).catch((error: unknown) => {
    // An option that the endpoint itself cannot take.
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  });
  try {
    await Promise.race([served.ready(), untilStopped(signal)]);
    signal.throwIfAborted();
    if (!json) {
      terminal.out.write(`
The Inference API is served on ${served.url}

  curl -s ${served.url} -H 'content-type: application/json' -H 'accept: image/png' -o fox.png \\
    -d '{"inputs":"a fox in the snow at night","height":512,"width":512,"guidance_scale":7.5}'

Ctrl+C stops it.
`);
    }
    await untilStopped(signal, served);
  } finally {
    await served.close();
  }
  return exitCodes.ok;
}

function readFailure(text: string, read: SettingReader): readonly FailurePlan[] {
  const match = /^(\d{3})(?::(\d+))?$/.exec(text);
  if (match !== null) return [{ status: Number(match[1]), times: Number(match[2] ?? 1) }];
  read.problem(`--fail must look like status:times, such as 503:3; got ${JSON.stringify(text)}.`);
  return [];
}

function describeEvent(event: EndpointEvent): string | undefined {
  switch (event.type) {
    case 'request':
      return `${event.method} ${event.path} ${event.status} ${Math.round(event.durationMs)} ms${event.error === undefined ? '' : `: ${event.error}`}`;
    case 'drawn':
      return `drawn in ${Math.round(event.durationMs)} ms, ${event.size.width} × ${event.size.height}, seed ${event.seed}`;
    case 'model-loaded':
      return `model loaded in ${Math.round(event.durationMs)} ms`;
    case 'thread-lost':
      return event.isStartedAgain ? event.message : undefined;
    case 'listening':
      return `${event.url} responds with 503 until the model is loaded`;
    // It ends the command, which reports it.
    case 'model-failed':
    case 'progress':
      return undefined;
    default:
      return event satisfies never;
  }
}
