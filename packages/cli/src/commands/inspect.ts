import { readFile } from 'node:fs/promises';
import { readDigitalSource, readImageSize, sniffMediaType } from '@tintype/core';
import { readImageParameters } from '@tintype/endpoint/parameters';
import type { Command } from 'commander';
import { exitCodes, UsageError } from '../output/exit-codes.ts';
import type { CommandContext } from '../config/command-context.ts';

export function addInspect(program: Command, context: CommandContext, done: (exitCode: number) => void): void {
  program
    .command('inspect')
    .description('read prompt, seed and settings back out of an image, and tell whether it is marked as made by AI')
    .argument('<image>', 'PNG, JPEG or WebP file')
    .option('--json', 'results as JSON on stdout')
    .action(async (path: string, { json = false }: { readonly json?: boolean }) =>
      done(await inspect(path, json, context)),
    );
}

async function inspect(path: string, json: boolean, { terminal }: CommandContext): Promise<number> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const mediaType = sniffMediaType(bytes);
  if (mediaType === undefined) throw new UsageError(`${path} is not an image.`, 'It must be a PNG, JPEG or WebP file.');
  const size = readImageSize(bytes);
  const digitalSourceType = readDigitalSource(bytes);
  const found = readImageParameters(bytes);
  if (json) {
    terminal.out.write(`${JSON.stringify({ path, mediaType, ...size, digitalSourceType, ...found })}\n`);
    return exitCodes.ok;
  }
  const lines: [string, string][] = [
    ['Format', size === undefined ? mediaType : `${mediaType}, ${size.width} × ${size.height}`],
    ['Marked', describeSource(digitalSourceType)],
  ];
  if (found === undefined) {
    terminal.out.write(table(lines));
    terminal.err.write('It holds no prompt or settings: it was made elsewhere, or something took them out.\n');
    return exitCodes.ok;
  }
  lines.push(['Prompt', found.prompt]);
  if (found.negativePrompt !== undefined) lines.push(['Negative prompt', found.negativePrompt]);
  lines.push(...Object.entries(found.settings));
  terminal.out.write(table(lines));
  return exitCodes.ok;
}

/** IPTC's terms are addresses; their last word is the term. */
function describeSource(term: string | undefined): string {
  if (term === undefined) return 'no, states no source';
  const name = term.slice(term.lastIndexOf('/') + 1);
  return name === 'trainedAlgorithmicMedia' ? `as made by AI (${name})` : `as ${name}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}
