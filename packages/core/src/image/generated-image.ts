import type { Attempt } from '../errors/attempt.ts';
import { extensionOf, type ImageMediaType } from './media-type.ts';

/**
 * `Uint8Array<ArrayBuffer>`: bytes with memory of their own, which a `Blob` or a `Response` takes. Spelled so that TypeScript
 * before 5.7, where the type has no parameter, reads it too.
 */
export type OwnBytes = ReturnType<Uint8ArrayConstructor['of']>;

/** What is known of an image beside its bytes. */
export interface ImageFacts {
  /** Read from the bytes, never from a name or header. */
  readonly mediaType: ImageMediaType;
  /** In pixels, read from the bytes. */
  readonly width: number | undefined;
  /** In pixels, read from the bytes. */
  readonly height: number | undefined;
  /** Warnings about the request and the image, the endpoint's own included: sentences without control characters. */
  readonly warnings: readonly string[];
  /** The response's other members, such as `seed`. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Every POST that was made; one with `mayHaveRun` may have been billed as well. */
  readonly attempts: readonly Attempt[];
}

/** Turns bytes into base64 text; Node's own is faster than a portable one. */
export type EncodeBase64 = (bytes: Uint8Array) => string;

/** A finished image. Other forms than the bytes are made when asked for. */
export class GeneratedImage implements ImageFacts {
  /** The image as the endpoint made it: a file of `mediaType`. */
  readonly bytes: OwnBytes;
  readonly mediaType: ImageMediaType;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly warnings: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly attempts: readonly Attempt[];
  readonly #encode: EncodeBase64;

  constructor(options: ImageFacts & { readonly bytes: OwnBytes; readonly encode: EncodeBase64 }) {
    this.bytes = options.bytes;
    this.mediaType = options.mediaType;
    this.width = options.width;
    this.height = options.height;
    this.warnings = options.warnings;
    this.meta = options.meta;
    this.attempts = options.attempts;
    this.#encode = options.encode;
  }

  /** The usual file name extension, without a dot. */
  get extension(): string {
    return extensionOf(this.mediaType);
  }

  /** The bytes as base64 text, made anew at each call. */
  base64(): string {
    return this.#encode(this.bytes);
  }

  /** For an `<img src>`. */
  dataUrl(): string {
    return `data:${this.mediaType};base64,${this.base64()}`;
  }

  /** For `FormData`, `fetch` bodies and object URLs. */
  blob(): Blob {
    return new Blob([this.bytes], { type: this.mediaType });
  }
}
