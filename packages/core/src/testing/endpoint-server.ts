import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { base64Of, pngBytes } from '@tintype/png-like';

export type Respond = (request: IncomingMessage, response: ServerResponse, body: Record<string, unknown>) => void;

export interface EndpointServer extends AsyncDisposable {
  readonly url: string;
  /** The bodies of the POSTs so far. */
  readonly posts: readonly Record<string, unknown>[];
  /** The headers of all requests so far. */
  readonly headers: readonly IncomingMessage['headers'][];
}

/** An image of the size asked for, from the prompt `x 3000` one of 3000 bytes. */
export const drawImage: Respond = (_request, response, { inputs, width, height }) => {
  const [, length = '3000'] = /^x (\d+)$/.exec(String(inputs)) ?? [];
  const bytes = pngBytes({ width: Number(width), height: Number(height), length: Number(length) });
  response.setHeader('content-type', 'application/json').end(`{"image":"${base64Of(bytes)}","seed":7}`);
};

/** A real server on loopback: POSTs by `post`, everything else by `get`. */
export async function endpointServer(
  post: Respond = drawImage,
  get: Respond = (_request, response) => void response.end('Ok'),
): Promise<EndpointServer> {
  const posts: Record<string, unknown>[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      headers.push(request.headers);
      if (request.method === 'GET') {
        get(request, response, {});
        return;
      }
      const body = JSON.parse(text) as Record<string, unknown>;
      posts.push(body);
      post(request, response, body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    headers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
