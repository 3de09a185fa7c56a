import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { SinkChoice } from '../../client/client.ts';
import type { ImageFacts } from '../../image/generated-image.ts';
import { extensionOf } from '../../image/media-type.ts';
import { FileSink } from './file-sink.ts';
import type { PagePool } from './page-pool.ts';

/** An image that stands on the disk. */
export interface SavedImage extends ImageFacts {
  /** Where it stands, as it was asked for. */
  readonly path: string;
  /** Bytes of the file. */
  readonly byteLength: number;
  /** The format's usual file name extension, without a dot; the path is the caller's all the same. */
  readonly extension: string;
}

export interface SaveOptions {
  readonly path: string;
  readonly pages: PagePool;
  readonly run: (sink: SinkChoice) => Promise<ImageFacts>;
}

/** Does one thing after the other, in the order in which they were asked for. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as the work does, once everything before it has settled. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Threads that change a folder at the same time spin for its lock: with 32 images that is a sixth of all work. */
const folderChanges = new OneAtATime();

/** Writes an image beside its place and moves it there when it is whole: nobody ever sees half of one. */
export async function saveImage({ path, pages, run }: SaveOptions): Promise<SavedImage> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  // Before the call: a folder that is not there must not cost an image.
  const handle = await folderChanges.run(async () => open(temporary, 'wx'));
  let sink: FileSink | undefined;
  let isWhole = false;
  pages.begin();
  try {
    const facts = await run({
      isRepeatable: () => true,
      openSink: () => (sink = new FileSink(handle, pages, sink)),
    });
    const byteLength = (await sink?.finish()) ?? 0;
    await handle.close();
    isWhole = true;
    await folderChanges.run(async () => rename(temporary, path));
    return {
      ...facts,
      warnings: [...facts.warnings, ...nameWarnings(path, facts)],
      path,
      byteLength,
      extension: extensionOf(facts.mediaType),
    };
  } catch (error) {
    // It is paid for: a folder or a file in use where it was to stand must not cost it.
    if (isWhole) throw notMoved({ path, temporary, error });
    await sink?.abandon();
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  } finally {
    pages.end();
  }
}

function notMoved(facts: { readonly path: string; readonly temporary: string; readonly error: unknown }): Error {
  const { path, temporary, error } = facts;
  const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new Error(`The image is whole and stands in ${temporary}: it could not be moved to ${path} (${why}).`, {
    cause: error,
  });
}

function nameWarnings(path: string, { mediaType }: ImageFacts): readonly string[] {
  const named = extname(path).slice(1).toLowerCase();
  const extension = extensionOf(mediaType);
  const isSame = named === '' || named === extension || (named === 'jpeg' && extension === 'jpg');
  return isSame ? [] : [`The image is ${mediaType}, but the file is named .${named}.`];
}
