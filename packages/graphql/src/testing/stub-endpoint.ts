import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { pngOf } from './png.ts';

/** One POST that reached the endpoint. */
export interface EndpointCall {
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
  /** Whether the caller hung up before the answer. */
  hungUp: boolean;
}

export type EndpointHandler = (call: EndpointCall, response: ServerResponse, calls: readonly EndpointCall[]) => unknown;

export interface StubEndpoint {
  readonly url: string;
  readonly calls: readonly EndpointCall[];
  /** What it does from now on. */
  handler: EndpointHandler;
  /** Whether it answers `GET /health` with 200 or 503. */
  isUp: boolean;
}

/** Answers as the Inference API does, with an image of the size asked for. */
export const answerImage: EndpointHandler = ({ body }, response) => {
  const { width, height, seed } = body;
  const image = pngOf({ width: Number(width), height: Number(height) }).toString('base64');
  answerJson(response, 200, { image, ...(seed === undefined ? {} : { seed }) });
};

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A real HTTP server that speaks the Inference API, and does what the test says; gone when the test ends. */
export async function stubEndpoint(handler: EndpointHandler = answerImage): Promise<StubEndpoint> {
  const calls: EndpointCall[] = [];
  const stub = { url: '', calls, handler, isUp: true };
  const server = createServer((request, response) => void answer(stub, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return stub;
}

async function answer(
  stub: StubEndpoint & { calls: EndpointCall[] },
  request: IncomingMessage,
  response: ServerResponse,
) {
  if (request.method === 'GET') {
    answerJson(response, stub.isUp ? 200 : 503, stub.isUp ? { status: 'ok' } : { error: '503 Service Unavailable' });
    return;
  }
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>;
  const call: EndpointCall = { body, authorization: request.headers.authorization, hungUp: false };
  response.on('close', () => {
    call.hungUp = !response.writableFinished;
  });
  stub.calls.push(call);
  await stub.handler(call, response, stub.calls);
}
