import type { ModelCard } from '../pipeline/model-card.ts';
import type { Size } from '../image/size.ts';

/** What happens in an endpoint, for logs and progress. Never holds a prompt or a token. */
export type EndpointEvent =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'model-loaded'; readonly model: ModelCard; readonly durationMs: number }
  | { readonly type: 'model-failed'; readonly message: string }
  /** The thread that draws has died. Started again, it tells `model-loaded` once more. */
  | { readonly type: 'thread-lost'; readonly message: string; readonly isStartedAgain: boolean }
  /** An image is being drawn: so many of so many evaluations of the UNet are done. */
  | { readonly type: 'progress'; readonly requestId: number; readonly done: number; readonly total: number }
  | {
      readonly type: 'drawn';
      readonly requestId: number;
      readonly seed: bigint;
      readonly size: Size;
      readonly nativeSize: Size;
      readonly durationMs: number;
    }
  /** A response was sent; `status` is 499 if the client had left. */
  | {
      readonly type: 'request';
      readonly requestId: number;
      readonly method: string;
      /** Without the query. */
      readonly path: string;
      readonly status: number;
      readonly durationMs: number;
      /** What was wrong, where the status says that something was. */
      readonly error?: string;
    };
