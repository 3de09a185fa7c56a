/** The gateway's store cannot be used. `message` says why and `hint` what to do; the cause is for the log. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'storage_failed';
  readonly hint: string;
  /** Whether it is expected to pass by itself, such as a server that is being restarted. */
  readonly passes: boolean;

  constructor(
    message: string,
    options: { readonly hint: string; readonly passes?: boolean | undefined; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.passes = options.passes ?? false;
  }
}

/** Whether a store, or a request that met one, fails for now only, as while a server is being restarted. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StoreError) return error.passes;
  // GraphQL's own errors hold what was thrown.
  return error instanceof Error && 'originalError' in error && isPassing(error.originalError);
}

/** Waits for the store; its failures become what callers may know of them. */
export async function fromStore<Result>(work: Promise<Result>, what: string): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new StoreError(`${what} now: the store does not answer.`, {
      hint: "Ask again later, and tell the gateway's operator if it lasts. What is stored is not lost.",
      cause: error,
    });
  }
}
