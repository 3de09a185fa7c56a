/** One POST to the endpoint, as kept in results and errors. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  /** How long was waited before it, in milliseconds. */
  readonly waitedMs: number;
  /** From sending to its end, in milliseconds. */
  readonly durationMs: number;
  /** HTTP status, where a response began. */
  readonly status?: number;
  /** A network error's code (`ECONNREFUSED`), `timeout`, `aborted`, or what was wrong with the response. */
  readonly failure?: string;
  /** Whether the endpoint may have made (and billed) the image, although it did not arrive whole. */
  readonly mayHaveRun: boolean;
}
