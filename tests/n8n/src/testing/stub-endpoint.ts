import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The JSON body, where there is one. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON. */
  readonly body?: string | Buffer | object;
}

/** `'hang'` never answers, `'reset'` breaks the connection. */
export type Behaviour = (call: Call, calls: readonly Call[]) => Answer | 'hang' | 'reset' | Promise<Answer>;

export interface StubEndpoint extends AsyncDisposable {
  readonly url: string;
  /** Everything that was asked, in order. */
  readonly calls: readonly Call[];
  /** The images asked for: the POSTs alone. */
  readonly posts: readonly Call[];
  /** Settles when a caller that was left hanging breaks the connection off. */
  readonly hangUp: Promise<void>;
}

/** An HTTP server on loopback that answers as a test tells it: for bad days that no real endpoint has on command. */
export async function startStubEndpoint(behave: Behaviour): Promise<StubEndpoint> {
  const calls: Call[] = [];
  const hangUp = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const call: Call = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>),
      };
      calls.push(call);
      const answer = await behave(call, calls);
      if (answer === 'hang') {
        request.socket.once('close', () => hangUp.resolve());
        return;
      }
      if (answer === 'reset') {
        request.socket.destroy();
        return;
      }
      const { status = 200, headers = {}, body: content = '' } = answer;
      const raw = typeof content === 'string' || Buffer.isBuffer(content);
      response.writeHead(status, { 'content-type': raw ? 'text/html' : 'application/json', ...headers });
      response.end(raw ? content : JSON.stringify(content));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    hangUp: hangUp.promise,
    get posts() {
      return calls.filter((call) => call.method === 'POST');
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
