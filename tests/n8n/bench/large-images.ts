import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LargeImages extends AsyncDisposable {
  readonly url: string;
  /** How many were asked for so far. */
  readonly served: number;
}

/** An endpoint that answers every POST at once with the same large image: what is measured is n8n alone. */
export async function startLargeImages(bytes: number): Promise<LargeImages> {
  // A PNG's head, so that it is taken for one, and noise: nothing here decodes it.
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452000002000000020008020000007b1a43ad', 'hex');
  const image = Buffer.concat([head, randomBytes(bytes - head.length)]);
  const answer = Buffer.from(JSON.stringify({ image: image.toString('base64') }));
  let served = 0;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
      response.end(answer);
      served += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    get served() {
      return served;
    },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
