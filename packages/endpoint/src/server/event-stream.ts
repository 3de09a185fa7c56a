import type { ServerResponse } from 'node:http';

/** What a request with `Accept: text/event-stream` gets: its steps, then the image or an error. */
export type StreamEvent =
  | { readonly type: 'step'; readonly step: number; readonly steps: number }
  | { readonly type: 'image'; readonly json: string }
  | { readonly type: 'error'; readonly status: number; readonly error: string };

/** Whether an `Accept` header asks for events. */
export function wantsEvents(accept: string | undefined): boolean {
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept ?? '');
}

/**
 * Sends an event (HTML standard, section 9.2). The first opens the stream, so that what goes wrong before it has an HTTP status
 * of its own; an image and an error end it.
 */
export function sendEvent(response: ServerResponse, event: StreamEvent): void {
  if (!response.headersSent) {
    // nginx would hold the steps back until the image is there.
    const headers = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  }
  const { type, ...data } = event;
  response.write(`event: ${type}\ndata: ${event.type === 'image' ? event.json : JSON.stringify(data)}\n\n`);
  if (type !== 'step') response.end();
}
