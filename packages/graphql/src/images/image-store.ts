import type { ImageRecord } from './image-record.ts';

/** A picture found in a store. */
export interface StoredImage {
  readonly record: ImageRecord;
  /** The whole picture, its checksum verified. */
  bytes(): Promise<Uint8Array>;
  /** The picture piece by piece, for pictures too large to be held. */
  stream(): Promise<AsyncIterable<Uint8Array>>;
}

/** Where a caller can fetch a picture from the store itself. */
export interface PictureAddress {
  readonly record: ImageRecord;
  /** Whoever knows it can see the picture, until it expires. */
  readonly url: string;
}

/**
 * Holds the pictures' bytes, each with its record beside it. A picture is there whole or not at all: neither a crash in the
 * middle of `put` nor a file cut short afterwards is ever handed out.
 */
export interface ImageStore {
  /** Stores a picture. The promise is kept when it settles: the picture survives the process being killed. */
  put(record: ImageRecord, bytes: Uint8Array): Promise<void>;
  /** The picture, or `undefined` where there is none, or none that is whole. */
  open(id: string): Promise<StoredImage | undefined>;
  /**
   * An address of the picture at the store, good for half an hour; `undefined` where there is no picture. Only stores that
   * callers can reach by themselves have this method.
   */
  address?(id: string): Promise<PictureAddress | undefined>;
  /** Removes a picture; one that is not there is no error. */
  delete(id: string): Promise<void>;
  /** The ids of all pictures, in no order. */
  ids(): AsyncIterable<string>;
  /** Whether a picture can be written now; throws why not. */
  check(): Promise<void>;
}
