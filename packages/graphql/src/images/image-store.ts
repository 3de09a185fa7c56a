import type { ImageRecord } from './image-record.ts';

/** An image found in a store. */
export interface StoredImage {
  readonly record: ImageRecord;
  /** The whole image, its checksum verified. */
  bytes(): Promise<Uint8Array>;
  /** The image piece by piece, for images too large to be held. */
  stream(): Promise<AsyncIterable<Uint8Array>>;
}

/** Where a caller can fetch an image from the store itself. */
export interface ImageAddress {
  readonly record: ImageRecord;
  /** Whoever knows it can see the image, until it expires. */
  readonly url: string;
}

/**
 * Holds the images' bytes, each with its record beside it. An image is there whole or not at all: neither a crash in the
 * middle of `put` nor a file cut short afterwards is ever handed out.
 */
export interface ImageStore {
  /** Stores an image. The promise is kept when it settles: the image survives the process being killed. */
  put(record: ImageRecord, bytes: Uint8Array): Promise<void>;
  /** The image, or `undefined` where there is none, or none that is whole. */
  open(id: string): Promise<StoredImage | undefined>;
  /**
   * An address of the image at the store, good for half an hour; `undefined` where there is no image. Only stores that
   * callers can reach by themselves have this method.
   */
  address?(id: string): Promise<ImageAddress | undefined>;
  /** Removes an image; one that is not there is no error. */
  delete(id: string): Promise<void>;
  /** The ids of all images, in no order. */
  ids(): AsyncIterable<string>;
  /** Whether an image can be written now; throws why not. */
  check(): Promise<void>;
}
