import type { Attempt } from './attempt.ts';
import { errorPage, type ImageErrorCode, isRetryable } from './codes.ts';
import { type ErrorData, explain } from './explain.ts';
import type { ErrorFacts } from './facts.ts';
import { type Remedy, remedyFor } from './remedy.ts';

// A symbol of the global registry: it survives two copies of this package in one process, where `instanceof` does not.
const brand = Symbol.for('tintype.image-error');

/** Any error that Tintype throws: a check of its `code` narrows its `facts`. */
export type KnownImageError = { [Code in ImageErrorCode]: ImageError<Code> }[ImageErrorCode];

/** What an error is made of. */
export interface ImageErrorOptions<Code extends ImageErrorCode = ImageErrorCode> extends Omit<
  ErrorData<Code>,
  'remedy'
> {
  /** Every POST that was made. @default none */
  readonly attempts?: readonly Attempt[] | undefined;
  /** The error underneath, without the token. */
  readonly cause?: unknown;
}

/**
 * What every call throws when there is no image. Never holds the token or the whole body of a response.
 *
 * @example
 * try {
 *   await client.generate({ prompt: 'a red fox' });
 * } catch (error) {
 *   if (!ImageError.isInstance(error)) throw error;
 *   console.error(error.message, error.hint);
 *   if (error.code === 'timeout') console.error(error.facts.phase);
 * }
 */
export class ImageError<Code extends ImageErrorCode = ImageErrorCode> extends Error implements ErrorData<Code> {
  override readonly name = 'ImageError';
  /** The cause, from the closed list. */
  readonly code: Code;
  /** What is known about it, by the code. */
  readonly facts: ErrorFacts[Code];
  /** What would help. */
  readonly remedy: Remedy;
  /** What to do next, in one or two sentences. */
  readonly hint: string;
  /** Whether the same request may well succeed later, with nothing changed. */
  readonly retryable: boolean;
  /** The last HTTP status, where there was a response. */
  readonly status: number | undefined;
  /** Every POST that was made for this call. */
  readonly attempts: readonly Attempt[];
  /** The page that explains the code. */
  readonly docs: string;

  constructor({ code, facts, status, attempts = [], cause }: ImageErrorOptions<Code>) {
    const remedy = remedyFor(code, facts, status);
    const { message, hint } = explain({ code, facts, remedy, status }, 'code');
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
    this.remedy = remedy;
    this.hint = hint;
    this.retryable = isRetryable(code);
    this.status = status;
    this.attempts = attempts;
    this.docs = errorPage(code);
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether a caught value is one of Tintype's errors, whichever copy of the package threw it. */
  static isInstance(value: unknown): value is KnownImageError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** All of it as plain JSON. */
  toJSON(): Omit<ImageError<Code>, 'cause' | 'stack' | 'toJSON'> {
    const { name, code, message, hint, retryable, status, facts, remedy, attempts, docs } = this;
    return { name, code, message, hint, retryable, status, facts, remedy, attempts, docs };
  }
}
