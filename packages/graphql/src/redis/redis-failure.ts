import { StoreError } from '../gateway/store-error.ts';

/**
 * What callers may know of a command that Redis did not carry out. The client's own error holds the command with all that was
 * sent, a prompt or a password among it, so only its words go on.
 */
export function redisFailure(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const words = error instanceof Error ? error.message : String(error);
  const cause = new Error(words);
  if (isFull(words)) {
    return new StoreError("The gateway's store is full: Redis has no memory left.", {
      hint: "Nothing was written, and nothing is billed. Ask again later, and tell the gateway's operator: Redis needs more memory, or the gateway a shorter TINTYPE_KEEP_FOR.",
      passes: true,
      cause,
    });
  }
  return new StoreError('The gateway cannot reach its store now.', {
    hint: 'Ask again in a moment. With the same idempotencyKey that cannot cost a second picture, should the job have been accepted all the same.',
    passes: true,
    cause,
  });
}

// https://redis.io/docs/latest/develop/reference/eviction/
function isFull(words: string): boolean {
  return /\bOOM\b/.test(words);
}
