import { describeProblem } from '../problems/describe-problem.ts';
import type { Problem, StoreFailure, StoreTask } from '../problems/problem.ts';

/** The gateway's store cannot be used. `message` and `hint` are for the operator; callers are told less. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'storage_failed';
  readonly problem: Problem & { readonly kind: 'storage_failed' };
  /** What to do about it. */
  readonly hint: string;
  /** Whether it is expected to pass by itself, such as a server that is being restarted. */
  readonly passes: boolean;

  constructor(
    failure: StoreFailure,
    options: { readonly task?: StoreTask; readonly passes?: boolean; readonly cause?: unknown } = {},
  ) {
    const { task, passes = false, cause } = options;
    const problem = { kind: 'storage_failed', failure, task } as const;
    const { message, hint } = describeProblem(problem, 'operator');
    super(message, { cause });
    this.problem = problem;
    this.hint = hint;
    this.passes = passes;
  }
}

/** Whether a store, or a request that met one, fails for now only, as while a server is being restarted. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StoreError) return error.passes;
  // GraphQL's own errors hold what was thrown.
  return error instanceof Error && 'originalError' in error && isPassing(error.originalError);
}

/** Waits for the store; whatever it fails with becomes a `StoreError` that says what was to be done. */
export async function fromStore<Result>(work: Promise<Result>, task: StoreTask): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const known = error instanceof StoreError ? error : undefined;
    const { passes = false } = known ?? {};
    throw new StoreError(known?.problem.failure ?? { reason: 'unreachable' }, { task, passes, cause: error });
  }
}
