import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the endpoint answers one request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export interface MisbehavingEndpoint {
  readonly url: string;
  /** The POSTs so far, with what came in them. */
  readonly posts: readonly {
    readonly body: string;
    readonly headers: IncomingMessage['headers'];
    readonly path: string;
  }[];
  /** How often its health was asked. */
  healths(): number;
  close(): Promise<void>;
}

/**
 * A real server that answers the first POST by the first behaviour, and so on; the last one goes for all that follow.
 * Its health route does so by a list of its own, and is well without one.
 */
export async function misbehavingEndpoint(options: {
  readonly posts: readonly Behaviour[];
  readonly health?: readonly Behaviour[] | undefined;
}): Promise<MisbehavingEndpoint> {
  const posts: { readonly body: string; readonly headers: IncomingMessage['headers']; readonly path: string }[] = [];
  let healths = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'GET') {
        const behave = options.health?.[Math.min(healths, options.health.length - 1)];
        healths += 1;
        if (behave === undefined) response.end('Ok');
        else behave(request, response);
        return;
      }
      posts.push({ body: Buffer.concat(chunks).toString(), headers: request.headers, path: request.url ?? '' });
      options.posts[Math.min(posts.length, options.posts.length) - 1]?.(request, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    healths: () => healths,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
