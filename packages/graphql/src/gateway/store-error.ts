/** The gateway's store cannot be used. `message` says why and `hint` what to do; the cause is for the log. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'storage_failed';
  readonly hint: string;

  constructor(message: string, options: { readonly hint: string; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
  }
}
