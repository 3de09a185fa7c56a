import type { Attempt } from '../errors/attempt.ts';

/** Says so where a repeat may have been billed as well. */
export function repeatWarnings(attempts: readonly Attempt[]): readonly string[] {
  const doubtful = attempts.slice(0, -1).filter((attempt) => attempt.mayHaveRun).length;
  if (doubtful === 0) return [];
  return [
    `The request was sent ${doubtful + 1} times after the endpoint may have begun to work on it: it may have been billed so often.`,
  ];
}
