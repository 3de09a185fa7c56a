import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { SinkChoice } from '../client/image-client.ts';
import type { ByteTools } from '../decode/byte-tools.ts';
import { ViewSink } from '../decode/view-sink.ts';
import type { PictureFacts } from '../image/generated-image.ts';
import { extensionOf } from '../image/media-type.ts';

/** A picture that stands on the disk. */
export interface SavedImage extends PictureFacts {
  readonly path: string;
  readonly byteLength: number;
  /** The format's usual file name extension, without a dot; the path is the caller's all the same. */
  readonly extension: string;
}

export interface SaveOptions {
  readonly path: string;
  readonly tools: ByteTools;
  readonly inPlace: boolean;
  readonly run: (sink: SinkChoice) => Promise<PictureFacts>;
}

/** Writes a picture beside its place and moves it there when it is whole: nobody ever sees half of one. */
export async function savePicture({ path, tools, inPlace, run }: SaveOptions): Promise<SavedImage> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  // Before the call: a folder that is not there must not cost a picture.
  const handle = await open(temporary, 'wx');
  try {
    let writer: FileWriter | undefined;
    const facts = await run({
      isRepeatable: () => true,
      openSink: () => {
        const begun = new FileWriter(handle, writer);
        writer = begun;
        return new ViewSink({ tools, inPlace, onView: (view) => begun.push(view), drained: () => begun.drained() });
      },
    });
    const byteLength = (await writer?.finish()) ?? 0;
    await handle.close();
    await rename(temporary, path);
    return {
      ...facts,
      warnings: [...facts.warnings, ...nameWarnings(path, facts)],
      path,
      byteLength,
      extension: extensionOf(facts.mediaType),
    };
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A write is worth its way to the disk's thread from so many bytes on. */
const worthWritingBytes = 128 * 1024;
/** So many may wait for the disk. */
const highWaterBytes = 256 * 1024;

/** Writes pieces in order, several at once. */
class FileWriter {
  readonly #handle: FileHandle;
  /** An earlier attempt's, whose bytes this one writes over. */
  readonly #before: FileWriter | undefined;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #position = 0;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(handle: FileHandle, before: FileWriter | undefined) {
    this.#handle = handle;
    this.#before = before;
  }

  push(view: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#pending.push(view);
    this.#pendingBytes += view.length;
    if (this.#pendingBytes >= worthWritingBytes) this.#writing ??= this.#writeAll();
  }

  drained(): Promise<void> | undefined {
    return this.#pendingBytes < highWaterBytes ? undefined : this.#writing;
  }

  /**
   * Settles when everything stands in the file, and nothing behind it.
   * @returns how many bytes that is.
   */
  async finish(): Promise<number> {
    await this.#writing;
    await this.#writeAll();
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#before !== undefined) await this.#handle.truncate(this.#position);
    return this.#position;
  }

  async #writeAll(): Promise<void> {
    try {
      // What an attempt that broke still writes must not come after this.
      if (this.#before !== undefined) await this.#before.#writing;
      while (this.#pending.length > 0) {
        const views = this.#pending;
        const length = this.#pendingBytes;
        this.#pending = [];
        this.#pendingBytes = 0;
        const { bytesWritten } = await this.#handle.writev(views, this.#position);
        if (bytesWritten !== length)
          throw new Error(`Only ${bytesWritten} of ${length} bytes could be written: is the disk full?`);
        this.#position += length;
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#writing = undefined;
    }
  }
}

function nameWarnings(path: string, { mediaType }: PictureFacts): readonly string[] {
  const named = extname(path).slice(1).toLowerCase();
  const extension = extensionOf(mediaType);
  const isSame = named === '' || named === extension || (named === 'jpeg' && extension === 'jpg');
  return isSame ? [] : [`The picture is ${mediaType}, although the file is named .${named}.`];
}
