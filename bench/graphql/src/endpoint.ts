// The inference endpoint behind everyone: answers each POST with the same image, so many milliseconds after it came.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reportTo } from './child-process.ts';
import { base64Of, pngBytes } from '@tintype/png-like';

const [length = '0', delayMs = '0'] = process.argv.slice(2);
const answer = JSON.stringify({ image: base64Of(pngBytes({ width: 512, height: 512, length: Number(length) })) });

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
    }, Number(delayMs));
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => reportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
