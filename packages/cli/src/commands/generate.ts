import { rename } from 'node:fs/promises';
import { extname } from 'node:path';
import {
  type GeneratedImage,
  type ImageRequest,
  type KnownImageError,
  type NodeImageClient,
  type SavedImage,
  ImageError,
  markImage,
} from '@tintype/core';
import type { Command } from 'commander';
import { addRequestFlags, requestFromFlags, type FlagValues } from '../config/request-flags.ts';
import { exitCodeOf, exitCodes, UsageError } from '../output/exit-codes.ts';
import { freePath, numberedPath, outputPath, type OutputPath } from '../output/image-path.ts';
import { markFile } from '../output/mark-file.ts';
import { Progress } from '../output/progress.ts';
import { reportError } from '../output/report-error.ts';
import { writeProblem } from '../output/write-problem.ts';
import { paint, type Terminal } from '../output/terminal.ts';
import type { CommandContext } from '../config/command-context.ts';
import { findImageSource, withEndpoint } from './with-endpoint.ts';

export function addGenerate(program: Command, context: CommandContext, done: (exitCode: number) => void): void {
  const command = program
    .command('generate')
    .description('make images and write them to files')
    .argument('<prompt...>', 'what the image should show, in quotes')
    .option('-o, --output <file>', "file or folder to write to, or - for stdout (default: the prompt's words)")
    .option('-n, --count <number>', 'how many images', '1')
    .option('--timeout <seconds>', 'longest time for one image, cold start included', '900')
    .option('--json', 'results as JSON on stdout');
  addRequestFlags(command);
  command.addHelpText('after', examples);
  command.action(async (words: readonly string[], values: FlagValues) => {
    const prompt = words.join(' ');
    if (words.length > 1) throw new UsageError('The prompt is not in quotes.', `Run: tintype generate "${prompt}"`);
    done(await generate(prompt, values, context));
  });
}

const examples = `
Examples:
  tintype generate "a fox in the snow at night" -o fox.png
  tintype generate "three mushrooms on the grass" --width 640 --height 400 -n 4 --seed 7`;

interface Job {
  readonly request: ImageRequest;
  readonly number: number;
  readonly place: OutputPath;
}

type JobEnd =
  | { readonly ok: true; readonly image: SavedImage }
  | { readonly ok: false; readonly error: KnownImageError };

async function generate(prompt: string, values: FlagValues, context: CommandContext): Promise<number> {
  const { terminal, signal } = context;
  const json = values['json'] === true;
  const count = positive(values['count'], '--count');
  const seconds = positive(values['timeout'], '--timeout');
  const output = typeof values['output'] === 'string' ? values['output'] : undefined;
  if (output === '-' && count > 1) throw new UsageError('-o - writes one image, and -n asks for several.');
  const request = requestFromFlags(prompt, values);
  const source = await findImageSource(context);
  const progress = new Progress(terminal);
  try {
    return await withEndpoint(
      source,
      context,
      { onEvent: progress.listen, timeout: { total: seconds * 1000 } },
      async (client) => {
        if (source.isLocal) {
          progress.note('TINTYPE_ENDPOINT_URL is not set: drawing with the tiny model that comes with Tintype.');
        }
        if (output === '-') return await toStdout(client, request, context);
        const { path, isNamed } = await outputPath(output, request.prompt);
        const jobs = Array.from({ length: count }, (_, index): Job => ({
          request: withSeed(request, index),
          number: index + 1,
          place: { path: numberedPath(path, index + 1, count), isNamed },
        }));
        let exitCode: number = exitCodes.ok;
        // One after the other: the time that each may take begins when it is sent, not when the first one is.
        for (const job of jobs) {
          if (count > 1) progress.about(`${job.number} of ${count}`);
          const end = await runJob(client, job, signal);
          progress.clear();
          if (end.ok) {
            tellImage(end.image, context, json);
            continue;
          }
          reportError(end.error, terminal, json);
          if (exitCode === exitCodes.ok) exitCode = exitCodeOf(end.error);
          if (!concernsOneImage(end.error)) {
            if (job.number < count) progress.note(`${count - job.number} of ${count} images were not started.`);
            break;
          }
        }
        return exitCode;
      },
    );
  } finally {
    progress.end();
  }
}

/** Whether the next image may succeed all the same: what is wrong with the token, the endpoint or the request stays wrong. */
function concernsOneImage(error: KnownImageError): boolean {
  return exitCodeOf(error) === exitCodes.handler || error.code === 'timeout';
}

/** One that fails costs one image, not the others. */
async function runJob(
  client: NodeImageClient,
  { request, place: { path: wanted, isNamed } }: Job,
  signal: AbortSignal,
): Promise<JobEnd> {
  try {
    // The format is the endpoint's choice: without a name, the extension is known when the image is.
    const hasExtension = extname(wanted) !== '';
    const saved = await markFile(await client.save(request, hasExtension ? wanted : `${wanted}~`, { signal }));
    if (hasExtension) return { ok: true, image: saved };
    const path = `${wanted}.${saved.extension}`;
    const free = isNamed ? path : await freePath(path);
    await rename(saved.path, free);
    return { ok: true, image: { ...saved, path: free } };
  } catch (error) {
    if (ImageError.isInstance(error)) return { ok: false, error };
    throw writeProblem(error, wanted);
  }
}

async function toStdout(
  client: NodeImageClient,
  request: ImageRequest,
  { terminal, signal }: CommandContext,
): Promise<number> {
  const image: GeneratedImage = await client.generate(request, { signal });
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(markImage(image.bytes), (error) => (error ? reject(error) : resolve()));
  });
  tellWarnings(image, terminal);
  return exitCodes.ok;
}

function tellImage(image: SavedImage, { terminal }: CommandContext, json: boolean): void {
  const { path, byteLength, mediaType, width, height, warnings, meta, attempts } = image;
  if (json) {
    terminal.out.write(`${JSON.stringify({ path, byteLength, mediaType, width, height, warnings, meta, attempts })}\n`);
    return;
  }
  terminal.out.write(`${path}\n`);
  const size = width === undefined ? '' : `${width} × ${height}, `;
  const seed = typeof meta['seed'] === 'number' ? `, seed ${meta['seed']}` : '';
  terminal.err.write(`${paint(terminal, 'green', '✓')} ${size}${Math.ceil(byteLength / 1000)} kB${seed}\n`);
  tellWarnings(image, terminal);
}

function tellWarnings({ warnings }: Pick<SavedImage, 'warnings'>, terminal: Terminal): void {
  for (const warning of warnings) terminal.err.write(`${paint(terminal, 'yellow', '!')} ${warning}\n`);
}

/** The same seed would give the same image each time. */
function withSeed(request: ImageRequest, index: number): ImageRequest {
  const seed = request.extra?.['seed'];
  return typeof seed === 'number' ? { ...request, extra: { ...request.extra, seed: seed + index } } : request;
}

function positive(text: unknown, flag: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new UsageError(`${flag} must be a whole number, 1 or more; got ${JSON.stringify(text)}.`);
}
