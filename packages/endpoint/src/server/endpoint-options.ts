import type { RequestLimits } from '@tintype/core/contract';
import type { EndpointEvent } from './endpoint-event.ts';
import type { FaultOptions } from '../faults/fault-plan.ts';
import type { ImageFormat } from '../image/encode-image.ts';

/** How an endpoint is set up. Everything may be left out. */
export interface EndpointOptions extends FaultOptions {
  /** Path of a diffusers-style ONNX folder. @default the tiny model that comes with this package */
  readonly model?: string | undefined;
  /** The bearer token that requests must carry. @default none: any token, or none, will do */
  readonly token?: string | undefined;
  /** Address to listen on. Other than loopback it needs a `token`. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** Port to listen on; 0 takes a free one. @default 8080 */
  readonly port?: number | undefined;
  /** Requests that may wait while one is being drawn; more get 503 with `Retry-After`. @default 16 */
  readonly queueLimit?: number | undefined;
  /** Upper bounds of a request. @default see the README: by the model's size, 500 steps, guidance 100 */
  readonly limits?: RequestLimits | undefined;
  /** The image's type where the request asks for none. Real handlers send PNG or JPEG. @default 'png' */
  readonly format?: ImageFormat | undefined;
  /** Take `Content-Type` and `Accept` as literally as the Inference Toolkit's container. @default false */
  readonly strict?: boolean | undefined;
  /** Processor threads for one operation. @default 2 for a small model, otherwise all cores */
  readonly threads?: number | undefined;
  /** Told about everything that happens. */
  readonly onEvent?: ((event: EndpointEvent) => void) | undefined;
}
