// The endpoint that everyone is measured against: answers with bodies made beforehand, in a process of its own.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { base64Of, pngBytes } from '@tintype/png-like';

const bodies = new Map<string, Buffer>();

function body(path: string): Buffer {
  const made = bodies.get(path) ?? makeBody(path);
  bodies.set(path, made);
  return made;
}

/** `/400000` in the contract's form, `/400000/images/generations` in OpenAI's. */
function makeBody(path: string): Buffer {
  const [, length = '0', ...rest] = path.split('/');
  const text = base64Of(pngBytes({ width: 512, height: 512, length: Number(length) }));
  return Buffer.from(rest.length > 0 ? `{"created":0,"data":[{"b64_json":"${text}"}]}` : `{"image":"${text}"}`);
}

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const answer = body(request.url ?? '/');
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
