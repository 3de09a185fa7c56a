import type { ImageErrorCode, InvalidResponseReason, RetryOptions, TimeoutOptions, TimeoutPhase } from '@tintype/core';
import {
  answer,
  drip,
  endless,
  endlessImage,
  failure,
  longBody,
  imageText,
  reset,
  resetInBody,
  shortBody,
  silent,
  stall,
  stalledRefusal,
  status,
  truncated,
  well,
  zipped,
} from './behaviours.ts';
import type { Behaviour } from './misbehaving-endpoint.ts';

export interface BadDay {
  readonly name: string;
  readonly posts: readonly Behaviour[];
  readonly health?: readonly Behaviour[];
  readonly timeout?: TimeoutOptions;
  readonly retry?: RetryOptions;
  readonly maxImageBytes?: number;
  readonly expect: {
    /** How it ends. */
    readonly end: 'image' | ImageErrorCode;
    /** How many POSTs the endpoint sees. */
    readonly posts: number;
    /** Whether those are few because the health route was asked instead: a protocol without one needs more. */
    readonly sparedByHealth?: boolean;
    /** Whether any of the repeated POSTs is marked as one that may have run. */
    readonly mayHaveRun?: boolean;
    readonly reason?: InvalidResponseReason;
    readonly phase?: TimeoutPhase;
    readonly retryAfter?: boolean;
  };
}

const inOneSecond = (): string => new Date(Date.now() + 1000).toUTCString();
/** For what never ends by itself; a busy machine has time to begin it. The days of the table run side by side. */
const deadline = 5000;
const starting = status(503, 'Service Unavailable');
const page = '<!doctype html><html><head><title>Hello</title></head><body>…</body></html>';

/** What goes wrong with endpoints, and how a client should take it. */
export const badDays: readonly BadDay[] = [
  {
    name: '503 for ever',
    posts: [starting],
    health: [starting],
    timeout: { total: deadline },
    expect: { end: 'endpoint_unavailable', posts: 1, sparedByHealth: true },
  },
  { name: '503, then well', posts: [starting, well], expect: { end: 'image', posts: 2, mayHaveRun: false } },
  {
    name: '503 while it starts, then well',
    posts: [starting, well],
    health: [starting, starting, status(200, 'Ok')],
    expect: { end: 'image', posts: 2, mayHaveRun: false },
  },
  {
    name: '503 with Retry-After in seconds',
    posts: [status(503, '', { 'retry-after': '1' }), well],
    expect: { end: 'image', posts: 2, mayHaveRun: false, retryAfter: true },
  },
  {
    name: '503 with Retry-After as a date',
    posts: [(request, response) => status(503, '', { 'retry-after': inOneSecond() })(request, response), well],
    expect: { end: 'image', posts: 2, mayHaveRun: false },
  },
  {
    name: 'Retry-After beyond the deadline',
    posts: [status(503, '', { 'retry-after': '3600' })],
    timeout: { total: 600_000 },
    expect: { end: 'endpoint_unavailable', posts: 1, retryAfter: true },
  },
  {
    name: '503 with Retry-After: 0, then well',
    posts: [status(503, '', { 'retry-after': '0' }), well],
    expect: { end: 'image', posts: 2, mayHaveRun: false },
  },
  { name: '502, then well', posts: [status(502, page), well], expect: { end: 'image', posts: 2, mayHaveRun: false } },
  {
    name: '500 at once, then well',
    posts: [status(500, 'oops'), well],
    expect: { end: 'image', posts: 2, mayHaveRun: false },
  },
  {
    name: '429, then well',
    posts: [status(429, 'slow down'), well],
    expect: { end: 'image', posts: 2, mayHaveRun: false },
  },
  {
    name: '429 for ever',
    posts: [status(429, 'slow down')],
    retry: { max: 2 },
    expect: { end: 'rate_limited', posts: 3, mayHaveRun: false },
  },
  {
    name: 'out of memory',
    posts: [failure(400, 'CUDA out of memory. Tried to allocate 20.00 MiB')],
    expect: { end: 'out_of_memory', posts: 1 },
  },
  {
    name: 'a size the model refuses',
    posts: [failure(400, '`height` and `width` have to be divisible by 16 but are 504 and 512.')],
    expect: { end: 'invalid_request', posts: 1 },
  },
  {
    name: 'inputs that the toolkit misses',
    posts: [failure(400, 'Body needs to provide a inputs key')],
    expect: { end: 'invalid_request', posts: 1 },
  },
  {
    name: 'a content type that the toolkit does not know',
    posts: [failure(400, 'Content type "text/plain" not supported. Supported content types are: application/json')],
    expect: { end: 'invalid_request', posts: 1 },
  },
  { name: '413', posts: [status(413, 'Payload Too Large')], expect: { end: 'invalid_request', posts: 1 } },
  { name: 'a KeyError of the handler', posts: [failure(400, "'height'")], expect: { end: 'handler_failed', posts: 1 } },
  {
    name: '401 as HTML',
    posts: [status(401, page, { 'content-type': 'text/html' })],
    expect: { end: 'unauthorized', posts: 1 },
  },
  { name: '403', posts: [failure(403, 'Forbidden')], expect: { end: 'unauthorized', posts: 1 } },
  { name: '404', posts: [status(404, 'Not Found')], expect: { end: 'endpoint_not_found', posts: 1 } },
  {
    name: 'the token echoed',
    posts: [failure(401, 'Invalid token: Bearer hf_conformance0token0secret')],
    expect: { end: 'unauthorized', posts: 1 },
  },
  {
    name: 'a reset before the headers, then well',
    posts: [reset, well],
    expect: { end: 'image', posts: 2, mayHaveRun: true },
  },
  { name: 'resets for ever', posts: [reset], expect: { end: 'network', posts: 2, mayHaveRun: true } },
  {
    name: 'a reset in the body, then well',
    posts: [resetInBody, well],
    expect: { end: 'image', posts: 2, mayHaveRun: true },
  },
  {
    name: 'an answer cut short, then well',
    posts: [truncated, well],
    expect: { end: 'image', posts: 2, mayHaveRun: true },
  },
  {
    name: 'no repeat of work where it is not allowed',
    posts: [resetInBody, well],
    retry: { mayRepeatWork: 0 },
    expect: { end: 'network', posts: 1, mayHaveRun: true },
  },
  {
    name: 'corrupt base64',
    posts: [answer(`{"image":"${imageText.slice(0, 500)}*!${imageText.slice(502)}"}`)],
    expect: { end: 'invalid_response', posts: 1, reason: 'bad_base64' },
  },
  {
    name: 'image: null',
    posts: [answer('{"image":null}')],
    expect: { end: 'invalid_response', posts: 1, reason: 'image_missing' },
  },
  {
    name: '200 {"error": …}',
    posts: [answer('{"error":"the handler caught something"}')],
    expect: { end: 'handler_failed', posts: 1 },
  },
  {
    name: 'HTML with 200',
    posts: [answer(page, { 'content-type': 'text/html' })],
    expect: { end: 'invalid_response', posts: 1, reason: 'not_json' },
  },
  {
    name: 'something that is no image',
    posts: [answer(`{"image":"${Buffer.from('This is no image, but a sentence.').toString('base64')}"}`)],
    expect: { end: 'invalid_response', posts: 1, reason: 'not_an_image' },
  },
  { name: 'an endless body', posts: [endless], expect: { end: 'invalid_response', posts: 1, reason: 'too_large' } },
  {
    name: 'an endless image',
    posts: [endlessImage],
    maxImageBytes: 5_000_000,
    expect: { end: 'invalid_response', posts: 1, reason: 'too_large' },
  },
  {
    name: '401 with a text that does not end',
    posts: [stalledRefusal],
    timeout: { idle: deadline },
    expect: { end: 'unauthorized', posts: 1 },
  },
  {
    name: 'an empty answer',
    posts: [answer('')],
    expect: { end: 'invalid_response', posts: 1, reason: 'not_json' },
  },
  {
    name: 'a slow drip',
    posts: [drip],
    timeout: { attempt: deadline },
    expect: { end: 'timeout', posts: 1, phase: 'attempt' },
  },
  {
    name: 'an answer that stops',
    posts: [stall],
    timeout: { idle: deadline },
    expect: { end: 'timeout', posts: 1, phase: 'idle' },
  },
  {
    name: 'no answer at all',
    posts: [silent],
    timeout: { attempt: deadline },
    expect: { end: 'timeout', posts: 1, phase: 'attempt' },
  },
  {
    name: 'no answer before the total deadline',
    posts: [silent],
    timeout: { total: deadline },
    expect: { end: 'timeout', posts: 1, phase: 'total' },
  },
  {
    name: 'a body shorter than it says, then well',
    posts: [shortBody, well],
    expect: { end: 'image', posts: 2, mayHaveRun: true },
  },
  {
    name: 'a body longer than it says',
    posts: [longBody, well],
    expect: { end: 'image', posts: 2, mayHaveRun: true },
  },
  {
    name: 'a redirect',
    posts: [status(307, '', { location: 'https://elsewhere.test/?secret=1' })],
    expect: { end: 'unexpected_status', posts: 1 },
  },
  { name: 'paused', posts: [status(400, 'Bad Request: Invalid state')], expect: { end: 'endpoint_paused', posts: 1 } },
  {
    name: 'failed',
    posts: [status(400, 'Bad Request: Your endpoint is in error, check its status on endpoints.huggingface.co')],
    expect: { end: 'endpoint_failed', posts: 1 },
  },
  { name: '504', posts: [status(504, page)], expect: { end: 'timeout', posts: 1 } },
  {
    name: 'gzip that nobody asked for',
    posts: [zipped],
    expect: { end: 'invalid_response', posts: 1, reason: 'not_json' },
  },
];
