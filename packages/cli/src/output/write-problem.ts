import { dirname } from 'node:path';
import { UsageError } from './exit-codes.ts';

const reasons: Readonly<Record<string, (path: string) => UsageError>> = {
  ENOENT: (path) =>
    new UsageError(`There is no folder ${dirname(path)} to write into.`, 'Create it first, or choose another with -o.'),
  ENOTDIR: (path) => new UsageError(`${dirname(path)} is a file, not a folder.`, 'Choose another with -o.'),
  EACCES: (path) => new UsageError(`You may not write to ${path}.`, 'Choose another place with -o.'),
  EROFS: (path) => new UsageError(`${path} is on a read-only disk.`, 'Choose another place with -o.'),
};

/** A file system's error in words, by the file that was meant and not by the temporary one beside it; others as they are. */
export function writeProblem(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code]?.(path) ?? error;
}
