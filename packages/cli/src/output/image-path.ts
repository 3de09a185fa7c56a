import { access, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

const longestName = 60;

/** A file name made of a prompt's words, without extension. */
function nameFromPrompt(prompt: string): string {
  const words = prompt
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  const cut = words.length <= longestName ? words : words.slice(0, longestName).replace(/-[^-]*$/, '');
  return cut === '' ? 'image' : cut;
}

export interface OutputPath {
  readonly path: string;
  /** Whether the caller named the file, and so may mean to write over one. */
  readonly isNamed: boolean;
}

/** Where an image goes: to the file that was named, or under the prompt's words into the folder that was. */
export async function outputPath(output: string | undefined, prompt: string): Promise<OutputPath> {
  const name = nameFromPrompt(prompt);
  if (output === undefined) return { path: name, isNamed: false };
  const isFolder = await stat(output).then(
    (found) => found.isDirectory(),
    () => output.endsWith('/'),
  );
  return isFolder ? { path: join(output, name), isNamed: false } : { path: output, isNamed: true };
}

/** The path of one of several images: `fox.png` becomes `fox-2.png`. */
export function numberedPath(path: string, number: number, count: number): string {
  if (count === 1) return path;
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}-${number}${extension}`);
}

/** The path itself where nothing stands there, or the first free `name-2`, `name-3`, … */
export async function freePath(path: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const candidate = numberedPath(path, number, number);
    const isTaken = await access(candidate).then(
      () => true,
      () => false,
    );
    if (!isTaken) return candidate;
  }
}
