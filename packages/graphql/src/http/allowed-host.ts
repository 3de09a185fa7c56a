import { isLoopback } from '../gateway/loopback.ts';

/**
 * Whether a request to a gateway without keys is addressed to this machine by a name of this machine's. A page that has its
 * own name resolve to 127.0.0.1 ("DNS rebinding") is of the gateway's origin to the browser, but its name gives it away.
 */
export function isAddressedToLoopback(request: Request): boolean {
  const { hostname } = new URL(request.url);
  return isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
}
