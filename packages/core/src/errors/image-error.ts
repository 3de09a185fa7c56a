import type { Attempt } from './attempt.ts';
import { errorCodes, errorPage, type ImageErrorCode } from './error-codes.ts';
import type { InvalidRequestError } from './invalid-request-error.ts';
import type { InvalidResponseError } from './invalid-response-error.ts';
import type { TimeoutError } from './timeout-error.ts';

// A symbol of the global registry: it survives two copies of this package in one process, where `instanceof` does not.
const brand = Symbol.for('tintype.image-error');

/** Any error that Tintype throws; narrows by `code`. Three codes have facts of their own, and so a class. */
export type KnownImageError =
  | InvalidRequestError
  | InvalidResponseError
  | TimeoutError
  | (ImageError & { readonly code: Exclude<ImageErrorCode, 'invalid_request' | 'invalid_response' | 'timeout'> });

/** What an error is made of. */
export interface ImageErrorOptions {
  /** The cause, from the closed list. */
  readonly code: ImageErrorCode;
  /** What happened, in a sentence. */
  readonly message: string;
  /** What to do next. @default the code's own */
  readonly hint?: string | undefined;
  /** @default the code's own */
  readonly retryable?: boolean | undefined;
  /** The last HTTP status. */
  readonly status?: number | undefined;
  /** Every POST that was made. @default none */
  readonly attempts?: readonly Attempt[] | undefined;
  /** The id that the endpoint's proxy gave its last answer. */
  readonly requestId?: string | undefined;
  /** When the endpoint said to come back, in milliseconds from the error. */
  readonly retryAfterMs?: number | undefined;
  /** The error underneath, without the token. */
  readonly cause?: unknown;
}

/**
 * What every call throws when there is no picture. Never holds the token or the whole body of an answer.
 *
 * @example
 * try {
 *   await client.generate({ prompt: 'a red fox' });
 * } catch (error) {
 *   if (!ImageError.isInstance(error)) throw error;
 *   console.error(error.message, error.hint);
 * }
 */
export class ImageError extends Error {
  override readonly name: string = 'ImageError';
  /** The cause, from the closed list. */
  readonly code: ImageErrorCode;
  /** What to do next, in one or two sentences. */
  readonly hint: string;
  /** Whether the same request may well succeed later, with nothing changed. */
  readonly retryable: boolean;
  /** The last HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Every POST that was made for this call. */
  readonly attempts: readonly Attempt[];
  /** The id that the endpoint's proxy gave the last answer, for its support. */
  readonly requestId: string | undefined;
  /** When the endpoint said to come back, in milliseconds from the error. */
  readonly retryAfterMs: number | undefined;
  /** The page that explains the code. */
  readonly docs: string;

  constructor(options: ImageErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    const facts = errorCodes[options.code];
    this.code = options.code;
    this.hint = options.hint ?? facts.hint;
    this.retryable = options.retryable ?? facts.retryable;
    this.status = options.status;
    this.attempts = options.attempts ?? [];
    this.requestId = options.requestId;
    this.retryAfterMs = options.retryAfterMs;
    this.docs = errorPage(options.code);
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether a caught value is one of Tintype's errors, whichever copy of the package threw it. */
  static isInstance(value: unknown): value is KnownImageError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** The facts as plain JSON: for logs and answers. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, hint, retryable, status, retryAfterMs, requestId, attempts, docs } = this;
    return { name, code, message, hint, retryable, status, retryAfterMs, requestId, attempts, docs };
  }
}
