import type { ByteTools } from './byte-tools.ts';
import type { Claim, ImageSink } from './image-sink.ts';

export interface ViewSinkOptions {
  readonly tools: ByteTools;
  /** Whether the chunks of the response may be overwritten: then the bytes are decoded where their text stood, without a copy. */
  readonly inPlace: boolean;
  readonly onView: (view: Uint8Array) => void;
  readonly drained?: () => Promise<void> | undefined;
}

/** Hands the image on piece by piece as it is decoded. */
export class ViewSink implements ImageSink {
  readonly copies = false;
  readonly #options: ViewSinkOptions;

  constructor(options: ViewSinkOptions) {
    this.#options = options;
  }

  claim(length: number, source: Uint8Array, start: number): Claim {
    if (this.#options.inPlace) return { target: source, offset: start };
    return { target: this.#options.tools.allocate(length), offset: 0 };
  }

  commit({ target, offset }: Claim, length: number): void {
    this.#options.onView(target.subarray(offset, offset + length));
  }

  write(bytes: Uint8Array): void {
    this.#options.onView(bytes);
  }

  drained(): Promise<void> | undefined {
    return this.#options.drained?.();
  }
}
