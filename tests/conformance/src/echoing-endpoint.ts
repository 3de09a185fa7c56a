import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ImageErrorCode } from '@tintype/core';
import { misbehavingEndpoint, type Behaviour, type MisbehavingEndpoint } from './misbehaving-endpoint.ts';

/** Makes the hosts below lead to this machine; other processes get it as an option of Node. */
export const hostsFile = fileURLToPath(new URL('hosts.cjs', import.meta.url));
createRequire(import.meta.url)(hostsFile);

/** Each is a word of our sentences, or a part of many. */
export const hosts = ['endpoint', 'a', 'model'] as const;
export const token = 'tok-3n_SECRET.value+42';
export const prompt = 'a private red fox';
const secretPath = '/x9f2-hidden-way/predict';

/** All that an endpoint can give away: what it was sent, and where it is. */
function everything(request: Parameters<Behaviour>[0]): string {
  const { host = '' } = request.headers;
  const base64 = Buffer.from(`Bearer ${token}`).toString('base64');
  return [
    `http://${host}${request.url}`,
    `${host} ${request.url}`,
    '10.1.2.3:8000',
    'db.cluster.internal',
    request.headers.authorization,
    token.toUpperCase(),
    encodeURIComponent(token),
    base64,
    prompt,
    '\u001B[31m',
  ].join(' ');
}

const echo =
  (status: number, beginning: string, headers: Record<string, string> = {}): Behaviour =>
  (request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req-1', ...headers });
    response.end(JSON.stringify({ error: `${beginning} ${everything(request)}` }));
  };

const later = { 'retry-after': '3600' };
const hang: Behaviour = () => undefined;

/** How an endpoint brings about each code. */
const causes: { readonly [Code in Exclude<ImageErrorCode, 'aborted'>]: Behaviour } = {
  invalid_request: echo(400, 'width must be at most 512; got 1024.'),
  unauthorized: echo(401, 'Unauthorized'),
  payment_required: echo(402, 'Payment Required'),
  content_refused: echo(400, 'NSFW content detected'),
  endpoint_not_found: echo(404, 'No route'),
  endpoint_unavailable: echo(503, 'Loading', later),
  endpoint_paused: echo(400, 'Bad Request: Invalid state'),
  endpoint_failed: echo(400, 'Your endpoint is in error'),
  rate_limited: echo(429, 'Slow down', later),
  overloaded: echo(503, 'The queue is full', later),
  handler_failed: echo(400, 'KeyError'),
  out_of_memory: echo(400, 'CUDA out of memory'),
  timeout: hang,
  network: (request) => void request.socket.destroy(),
  unexpected_status: echo(307, 'Moved', { location: 'https://elsewhere.test/x9f2-hidden-way?key=s3cret' }),
  invalid_response: (request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(`{"note":${everything(request)}}`),
};

/** Starts, for as long as it is asked. */
export const stillLoading = echo(503, 'Loading');

/** Every code with an endpoint that brings it about, but the one that a caller does. */
export const causesOfCodes = Object.entries(causes) as readonly [keyof typeof causes, Behaviour][];

/** The token in any form that it was echoed in, in lower case. */
const tokenForms = [
  token,
  token.toUpperCase(),
  encodeURIComponent(token),
  Buffer.from(`Bearer ${token}`).toString('base64').slice(12, 36),
].map((form) => form.toLowerCase());

/** What a text gives away of the token, or of what a terminal would obey. */
export function leaksIn(text: string): readonly string[] {
  return [...tokenForms, '\u001B[31m'].filter((form) => text.toLowerCase().includes(form));
}

/** An endpoint behind a secret path on a host of this name. */
export async function endpointThat(behave: Behaviour, host: string): Promise<MisbehavingEndpoint> {
  const endpoint = await misbehavingEndpoint({ posts: [behave], health: [behave] });
  const url = `http://${host}:${new URL(endpoint.url).port}${secretPath}`;
  return { ...endpoint, url };
}
