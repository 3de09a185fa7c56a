import { ImageError, type ImageErrorOptions } from './image-error.ts';

/** What is wrong with an answer that says it is a picture. */
export type InvalidResponseReason =
  | 'not_json'
  | 'image_missing'
  | 'bad_base64'
  | 'truncated'
  | 'not_an_image'
  | 'too_large';

/** The endpoint answered 200, but not with a picture. */
export class InvalidResponseError extends ImageError {
  override readonly name = 'InvalidResponseError';
  declare readonly code: 'invalid_response';
  /** What is wrong with the answer. */
  readonly reason: InvalidResponseReason;

  constructor({ reason, ...options }: Omit<ImageErrorOptions, 'code'> & { readonly reason: InvalidResponseReason }) {
    super({ ...options, code: 'invalid_response' });
    this.reason = reason;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), reason: this.reason };
  }
}
