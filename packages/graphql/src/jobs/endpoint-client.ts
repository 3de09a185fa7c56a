import type { GeneratedImage, ResolvedRequest } from '@tintype/core';
import type { EndpointAnswer } from './job-record.ts';

export interface GenerateOptions {
  readonly signal: AbortSignal;
  /** Called when the endpoint says that it is not up yet; the request will be sent again. */
  readonly onWaiting: (answer: EndpointAnswer) => void;
  /** Called when the request is about to be sent (again). */
  readonly onSending: () => void;
}

/** What a job needs of the endpoint. Rejects with core's `ImageError`. */
export interface EndpointClient {
  generate(request: ResolvedRequest, options: GenerateOptions): Promise<GeneratedImage>;
  /** Takes addresses, the endpoint's own among them, out of what it wrote for callers. */
  hideAddresses(text: string): string;
  close(): Promise<void>;
}
