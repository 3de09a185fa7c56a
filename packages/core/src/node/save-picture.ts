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
    let writer = new FileWriter(handle);
    const facts = await run({
      isRepeatable: () => true,
      openSink: () => {
        const begun = new FileWriter(handle, writer.idle());
        writer = begun;
        return new ViewSink({ tools, inPlace, onView: (view) => begun.push(view), drained: () => begun.drained() });
      },
    });
    await writer.idle();
    await handle.truncate(writer.byteLength);
    await handle.close();
    await rename(temporary, path);
    return {
      ...facts,
      warnings: [...facts.warnings, ...nameWarnings(path, facts)],
      path,
      byteLength: writer.byteLength,
      extension: extensionOf(facts.mediaType),
    };
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** So many bytes may wait for the disk. */
const highWaterBytes = 128 * 1024;

/** Writes pieces in order, several at once where the disk is slower than the network. */
class FileWriter {
  byteLength = 0;
  readonly #handle: FileHandle;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #position = 0;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param before - what an earlier attempt still writes. */
  constructor(handle: FileHandle, before?: Promise<void>) {
    this.#handle = handle;
    this.#writing = before === undefined ? undefined : this.#after(before);
  }

  push(view: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.byteLength += view.length;
    this.#pending.push(view);
    this.#pendingBytes += view.length;
    this.#writing ??= this.#writeAll();
  }

  drained(): Promise<void> | undefined {
    return this.#pendingBytes < highWaterBytes ? undefined : this.#writing;
  }

  /** Settles when everything stands in the file. */
  async idle(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #after(before: Promise<void>): Promise<void> {
    // An earlier attempt's failure is told by the attempt that meets it.
    await before.catch(() => undefined);
    await this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
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
