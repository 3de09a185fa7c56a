import type { GatewayServices } from '../gateway/gateway-services.ts';

/** What every resolver knows. */
export interface GatewayContext {
  readonly services: GatewayServices;
  /** Whose request it is. */
  readonly owner: string;
  /** What stands before `/images/…` in the addresses of images, without a slash at its end. */
  readonly baseUrl: string;
  readonly request: Request;
}
