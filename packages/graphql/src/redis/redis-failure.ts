import { StoreError } from '../gateway/store-error.ts';

/**
 * A command that Redis did not carry out. The client's own error holds the command with all that was
 * sent, a prompt or a password among it, so only its words go on.
 */
export function redisFailure(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new StoreError(
    isFull(words) ? { reason: 'full', place: 'redis' } : { reason: 'unreachable', place: 'Redis' },
    { passes: true, cause: new Error(words) },
  );
}

// https://redis.io/docs/latest/develop/reference/eviction/
function isFull(words: string): boolean {
  return /\bOOM\b/.test(words);
}
