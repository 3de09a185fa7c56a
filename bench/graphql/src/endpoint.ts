// The inference endpoint behind everyone: answers each POST with the same picture, so many milliseconds after it came.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reportTo } from './child-process.ts';
import { pictureBytes } from './picture-bytes.ts';

const [length = '0', delayMs = '0'] = process.argv.slice(2);
const answer = JSON.stringify({ image: pictureBytes(Number(length)).toString('base64') });

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
    }, Number(delayMs));
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => reportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
