import { gzipSync } from 'node:zlib';
import { base64Of, pngBytes } from '@tintype/png-like';
import type { Behaviour } from './misbehaving-endpoint.ts';

const json = { 'content-type': 'application/json' } as const;

/** The image that a good endpoint answers with. */
export const image = pngBytes({ width: 64, height: 64, length: 20_000 });
export const imageText = base64Of(image);
const wholeBody = `{"image":"${imageText}"}`;

export const well: Behaviour = (_request, response) => {
  response.writeHead(200, json).end(wholeBody);
};

export const status =
  (code: number, body = '', headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(code, headers).end(body);
  };

export const answer = (body: string, headers: Record<string, string> = json): Behaviour => status(200, body, headers);

export const failure = (code: number, error: string): Behaviour => status(code, JSON.stringify({ error }), json);

export const reset: Behaviour = (request) => {
  request.socket.destroy();
};

export const resetInBody: Behaviour = (request, response) => {
  response.writeHead(200, { ...json, 'content-length': String(wholeBody.length) });
  response.write(wholeBody.slice(0, 5000), () => setTimeout(() => request.socket.destroy(), 20));
};

export const shortBody: Behaviour = (_request, response) => {
  response.writeHead(200, { ...json, 'content-length': String(wholeBody.length + 100), connection: 'close' });
  response.end(wholeBody);
};

export const longBody: Behaviour = (request) => {
  request.socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n${wholeBody}`);
};

export const truncated: Behaviour = answer(wholeBody.slice(0, 9000));

export const stall: Behaviour = (_request, response) => {
  response.writeHead(200, json);
  response.write(wholeBody.slice(0, 100));
};

export const drip: Behaviour = (_request, response) => {
  response.writeHead(200, json);
  let sent = 0;
  const timer = setInterval(() => {
    response.write(wholeBody.slice(sent, sent + 10));
    sent += 10;
  }, 20);
  response.on('close', () => clearInterval(timer));
};

export const silent: Behaviour = () => undefined;

const withoutEnd =
  (beginning: string, filler: string): Behaviour =>
  (_request, response) => {
    response.writeHead(200, json);
    response.write(beginning);
    const more = Buffer.alloc(16_384, filler);
    const write = (): void => {
      while (!response.destroyed && response.write(more));
    };
    response.on('drain', write);
    write();
  };

export const endless: Behaviour = withoutEnd('', ' ');

export const endlessImage: Behaviour = withoutEnd(wholeBody.slice(0, 9000), 'A');

export const stalledRefusal: Behaviour = (_request, response) => {
  response.writeHead(401);
  response.write('Unauth');
};

export const zipped: Behaviour = (_request, response) => {
  response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(wholeBody));
};

/** The other side has closed the idle connection just when the request comes on it; a fresh one is well. */
export function staleConnection(): Behaviour {
  const seen = new WeakSet<object>();
  return (request, response) => {
    if (seen.has(request.socket)) {
      request.socket.destroy();
      return;
    }
    seen.add(request.socket);
    well(request, response);
  };
}
