import type { JobRecord } from '../jobs/job-record.ts';

/** How a request was answered. */
export interface AnsweredFacts {
  /** As it is written in the documentation, such as `/images/:id`. */
  readonly route: string;
  readonly status: number;
  readonly requestId: string;
}

/** What the gateway tells of itself to whoever traces it. */
export interface Tracing {
  /** Runs what answers a request, inside a span. `done` tells how it was answered, before it returns. */
  request(request: Request, answer: (done: (facts: AnsweredFacts) => void) => Promise<Response>): Promise<Response>;
  /** Tells what a request to `/graphql` asks for. */
  operation(operation: { readonly type: string; readonly name: string | undefined }): void;
  /** Where a job made now belongs, for its record. */
  origin(): JobRecord['trace'];
  /** Tells which job a request has led to, its own or an earlier one. */
  accepted(job: JobRecord): void;
  /** Runs a job inside a span of its request's trace. */
  job(job: JobRecord, run: () => Promise<void>): Promise<void>;
  /** Tells that a job has changed, wherever it runs. */
  changed(job: JobRecord): void;
  close(): void;
}

/** Where nobody traces. */
export const noTracing: Tracing = {
  request: async (_request, answer) => answer(() => undefined),
  operation: () => undefined,
  origin: () => undefined,
  accepted: () => undefined,
  job: async (_job, run) => run(),
  changed: () => undefined,
  close: () => undefined,
};
