import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { isIP } from 'node:net';
import { createServerAdapter } from '@whatwg-node/server';
import { isLoopbackHost } from '@tintype/core/server';
import { ConfigurationError, option, wrong } from './configuration-error.ts';
import type { ResolvedOptions } from './resolve-options.ts';

/** Where the gateway is reached. */
export interface Listening {
  /** Where callers reach it: the options' `publicUrl`, or `localUrl`. */
  readonly url: string;
  /** Where this machine reaches it, as `http://127.0.0.1:4000`. */
  readonly localUrl: string;
  readonly host: string;
  readonly port: number;
}

export interface Listener {
  listen(): Promise<Listening>;
  /** Takes no more connections, lets requests end for a while, then ends them. */
  close(drainMs: number): Promise<void>;
}

/** An HTTP server around a request handler. */
export function createListener(
  { host, port, role, publicUrl, apiKeys, allowAnonymous, receive }: ResolvedOptions,
  handle: (request: Request) => Promise<Response>,
): Listener {
  let server: Server | undefined;
  return {
    async listen() {
      if (server !== undefined) throw new ConfigurationError([['This gateway listens already.']]);
      // A worker makes no images for whoever calls it.
      if (role !== 'worker' && !isLoopbackHost(host) && apiKeys.length === 0 && !allowAnonymous) {
        throw new ConfigurationError([
          wrong`${host} can be reached by others, and ${option('apiKeys')} is not set: anyone could make images at your cost. Set ${option('apiKeys')} to the keys of those who may, or ${option('allowAnonymous')}.`,
        ]);
      }
      const adapter = createServerAdapter(handle);
      server = createServer(
        // The whole request, body included, has to arrive in this time; answers may take as long as they need.
        {
          requestTimeout: receive,
          headersTimeout: Math.min(10_000, receive),
          keepAliveTimeout: 65_000,
          connectionsCheckingInterval: Math.min(1_000, receive),
        },
        (request, response) => void adapter(request, response),
      );
      server.listen(port, host);
      await once(server, 'listening');
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      const localUrl = `http://${hostInUrl(host)}:${bound}`;
      return { url: publicUrl ?? localUrl, localUrl, host, port: bound };
    },
    async close(drainMs) {
      if (server === undefined || !server.listening) return;
      const closed = once(server, 'close');
      server.close();
      // A connection whose answer ends later would stay open for the next request.
      const closeIdle = setInterval(() => server?.closeIdleConnections(), 50);
      const timer = setTimeout(() => server?.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(timer);
      clearInterval(closeIdle);
    },
  };
}

/** A server that is bound to every address is reached at the loopback one too. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIP(host) === 6 ? `[${host}]` : host;
}
