import { ImageError, type GeneratedImage } from '@tintype/core';
import type { Command } from 'commander';
import { exitCodeOf, exitCodes } from '../output/exit-codes.ts';
import { Progress } from '../output/progress.ts';
import { inWords } from '../output/report-error.ts';
import { paint } from '../output/terminal.ts';
import type { CommandContext } from '../config/command-context.ts';
import { findImageSource, withEndpoint, type ImageSource } from './with-endpoint.ts';

export function addDoctor(program: Command, context: CommandContext, done: (exitCode: number) => void): void {
  program
    .command('doctor')
    .description('check URL, token, health, and one tiny image; say what is wrong')
    .option('--no-image', 'do not make the image, which costs a few seconds of the endpoint')
    .option('--json', 'results as JSON on stdout')
    .action(async (values: { readonly image: boolean; readonly json?: boolean }) =>
      done(await doctor(values, context)),
    );
}

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly says: string;
  readonly hint?: string;
}

/** One step, and as few pixels as every model takes. */
const tinyRequest = { prompt: 'a red circle', width: 128, height: 128, inferenceSteps: 1 };

async function doctor(
  { image: makesImage, json = false }: { readonly image: boolean; readonly json?: boolean },
  context: CommandContext,
): Promise<number> {
  const { terminal, signal } = context;
  const source = await findImageSource(context);
  const progress = new Progress(terminal);
  const findings: Finding[] = [];
  const tell = (finding: Finding): void => {
    findings.push(finding);
    if (json) return;
    progress.clear();
    terminal.out.write(
      `${finding.ok ? paint(terminal, 'green', '✓') : paint(terminal, 'red', '✗')} ${finding.check}: ${finding.says}\n`,
    );
    if (finding.hint !== undefined) terminal.out.write(`  ${finding.hint}\n`);
  };
  let exitCode: number = exitCodes.ok;

  let check = 'Endpoint';
  try {
    await withEndpoint(source, context, { onEvent: progress.listen }, async (client) => {
      tell({ check, ok: true, says: describeSource(source) });
      check = 'Health';
      progress.say('checking its health');
      const { waitedMs, status } = await client.waitUntilReady({ signal });
      tell({ check, ok: true, says: describeHealth(status, waitedMs) });
      if (!makesImage) return;
      check = 'Image';
      const image = await client.generate(tinyRequest, { signal });
      tell({ check, ok: true, says: describeImage(image) });
    });
  } catch (error) {
    if (!ImageError.isInstance(error)) throw error;
    exitCode = exitCodeOf(error);
    const { message, hint } = inWords(error);
    tell({ check, ok: false, says: message, ...(hint === undefined ? {} : { hint }) });
  } finally {
    progress.end();
  }
  if (json) terminal.out.write(`${JSON.stringify({ ok: exitCode === exitCodes.ok, findings })}\n`);
  return exitCode;
}

function describeSource(source: ImageSource): string {
  if (source.isLocal) return 'TINTYPE_ENDPOINT_URL is not set: checking the tiny model that comes with Tintype';
  const { url, token, protocol, model } = source.target;
  // A query may hold a secret.
  const { origin, pathname } = new URL(url);
  const speaks = `protocol ${protocol}${model === undefined ? '' : `, model ${model}`}`;
  return `${origin}${pathname}, ${speaks}, ${token === undefined ? 'without a token' : 'with a token'}`;
}

function describeHealth(status: number | undefined, waitedMs: number): string {
  if (status === undefined) return 'the protocol has no health route: only an image tells';
  const isThere = status < 400 ? '' : ', which only says that something is there';
  return `${status} in ${Math.round(waitedMs)} ms${isThere}`;
}

function describeImage({ width, height, mediaType, bytes, attempts, warnings }: GeneratedImage): string {
  const took = attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0);
  const size = width === undefined ? '' : `${width} × ${height} pixels, `;
  return [`${size}${mediaType}, ${bytes.length} bytes in ${took} ms`, ...warnings].join('; ');
}
