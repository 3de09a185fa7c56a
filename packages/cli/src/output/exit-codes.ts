import { ImageError, type ImageErrorCode } from '@tintype/core';

/** What the process ends with, by what a script can do about it. */
export const exitCodes = {
  ok: 0,
  /** A fault of ours, or one that has no code of its own. */
  unexpected: 1,
  /** The command or the request is wrong. */
  usage: 2,
  /** The token is missing or refused, or the URL is no endpoint. */
  access: 3,
  /** The endpoint is not available: starting, paused, failed, full; or the engine is not installed. */
  unavailable: 4,
  /** The endpoint worked, and failed. */
  handler: 5,
  /** The network or a deadline. */
  network: 6,
  /** Stopped by a signal. */
  interrupted: 130,
} as const;

const groups: Readonly<Record<ImageErrorCode, keyof typeof exitCodes>> = {
  invalid_request: 'usage',
  unauthorized: 'access',
  payment_required: 'access',
  endpoint_not_found: 'access',
  unexpected_status: 'access',
  endpoint_unavailable: 'unavailable',
  endpoint_paused: 'unavailable',
  endpoint_failed: 'unavailable',
  rate_limited: 'unavailable',
  overloaded: 'unavailable',
  handler_failed: 'handler',
  content_refused: 'handler',
  out_of_memory: 'handler',
  invalid_response: 'handler',
  timeout: 'network',
  network: 'network',
  aborted: 'interrupted',
};

export function exitCodeOf(error: unknown): number {
  if (ImageError.isInstance(error)) return exitCodes[groups[error.code]];
  if (error instanceof EngineError) return exitCodes.unavailable;
  return error instanceof Error && usageErrors.has(error.name) ? exitCodes.usage : exitCodes.unexpected;
}

/** By name: gateway and endpoint are loaded only where they are needed. */
const usageErrors = new Set(['UsageError', 'ModelError', 'ConfigurationError', 'RangeError']);

/** The command cannot be carried out as written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The engine that makes images on this machine is not installed, or cannot be. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
