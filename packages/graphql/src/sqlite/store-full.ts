import { StoreError } from '../gateway/store-error.ts';

// https://www.sqlite.org/rescode.html
const ioError = 10;
const full = 13;

/** A disk that takes no more is expected to take more again; any other error stays what it is. */
export function storeFull(error: unknown): unknown {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  if (code !== full && code !== ioError) return error;
  return new StoreError({ reason: 'full', place: 'disk' }, { passes: true, cause: error });
}
