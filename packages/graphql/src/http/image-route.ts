import { Response } from '@whatwg-node/fetch';
import { ReadableStream } from 'node:stream/web';
import { extensionOf } from '@tintype/core';
import type { JobEngine } from '../jobs/job-engine.ts';
import type { ImageRecord } from '../images/image-record.ts';
import type { ImageAddress } from '../images/image-store.ts';
import { reuseMs, type ImageAddresses } from '../images/image-addresses.ts';
import type { ImageCache, ServedImage } from '../images/image-cache.ts';
import { parseByteRange } from './byte-range.ts';
import { methodNotAllowed, problemResponse } from './json-response.ts';

/** Where the route finds images. */
export interface ImageSources {
  readonly images: ImageCache;
  /** Present where callers are sent to the store for the bytes. */
  readonly addresses?: ImageAddresses | undefined;
  readonly engine: Pick<JobEngine, 'jobStore' | 'observer'>;
}

/**
 * `GET /images/:id`: an image's bytes, or the way to them. An id never gets other bytes, so caches may keep them for good;
 * whoever knows the id may see the image, since an `<img>` cannot send a key.
 */
export async function serveImage(request: Request, id: string, sources: ImageSources): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request, 'GET, HEAD');
  const { images, addresses, engine } = sources;
  if (addresses !== undefined) {
    const address = await addresses.find(id);
    return address === undefined ? noImage(id, engine) : sendAway(request, address);
  }
  const image = await images.open(id);
  return image === undefined ? noImage(id, engine) : sendBytes(request, image);
}

async function sendBytes(request: Request, image: ServedImage): Promise<Response> {
  const headers = headersOf(image.record);
  if (matchesTag(request.headers.get('if-none-match'), image.record)) {
    return new Response(null, { status: 304, headers });
  }
  return request.headers.has('range') ? partOf(image, request, headers) : wholeOf(image, request, headers);
}

/** The address is signed for GET alone, so what HEAD asks for is answered here. */
function sendAway(request: Request, address: ImageAddress): Response {
  const { record, url } = address;
  const headers = headersOf(record);
  if (matchesTag(request.headers.get('if-none-match'), record)) return new Response(null, { status: 304, headers });
  if (request.method === 'HEAD') {
    return new Response(null, { headers: { ...headers, 'content-length': String(record.byteLength) } });
  }
  return new Response(null, {
    status: 302,
    headers: {
      location: url,
      // The address ends; who keeps this answer must not give it to others.
      'cache-control': `private, max-age=${reuseMs / 1_000}`,
      'cross-origin-resource-policy': 'cross-origin',
    },
  });
}

/** One that is on record should be there. Of many machines, one may have been given another store than the rest. */
async function noImage(id: string, { jobStore, observer }: ImageSources['engine']): Promise<Response> {
  const record = await jobStore.image(id);
  if (record !== undefined) {
    observer.failed(
      `The image of the job ${record.jobId} is on record, but not in the store of images.`,
      new Error('It is lost or damaged, or this process looks into another store than the worker who put it there.'),
    );
    return problemResponse({ kind: 'image_gone', why: 'not_in_store' });
  }
  return problemResponse({ kind: 'image_gone', why: 'unknown' });
}

async function wholeOf(image: ServedImage, request: Request, headers: ImageHeaders): Promise<Response> {
  const { byteLength } = image.record;
  const whole = { ...headers, 'content-length': String(byteLength) };
  if (request.method === 'HEAD') return new Response(null, { headers: whole });
  // Images are never in memory that threads share, and Node's streams are the web's.
  const body = (image.held ?? ReadableStream.from(await image.stream())) as Uint8Array<ArrayBuffer>;
  return new Response(body, { headers: whole });
}

async function partOf(image: ServedImage, request: Request, headers: ImageHeaders): Promise<Response> {
  const { byteLength } = image.record;
  // A part of another image than the one the caller has is of no use: If-Range asks for the whole then.
  const ifRange = request.headers.get('if-range');
  const range =
    ifRange === null || ifRange === tagOf(image.record)
      ? parseByteRange(request.headers.get('range') ?? '', byteLength)
      : 'whole';
  if (range === 'whole') return wholeOf(image, request, headers);
  if (range === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${byteLength}` } });
  }
  const { start, end } = range;
  const part = {
    ...headers,
    'content-range': `bytes ${start}-${end}/${byteLength}`,
    'content-length': String(end - start + 1),
  };
  if (request.method === 'HEAD') return new Response(null, { status: 206, headers: part });
  const bytes = await image.bytes();
  return new Response(bytes.slice(start, end + 1), { status: 206, headers: part });
}

type ImageHeaders = Readonly<Record<string, string>>;

function headersOf(record: ImageRecord): ImageHeaders {
  return {
    'content-type': record.mediaType,
    etag: tagOf(record),
    'cache-control': 'public, max-age=31536000, immutable',
    'last-modified': new Date(record.createdAt).toUTCString(),
    'accept-ranges': 'bytes',
    'content-disposition': `inline; filename="${fileName(record)}"`,
    // Pages of other origins may show the image: its URL is all the permission there is.
    'cross-origin-resource-policy': 'cross-origin',
  };
}

function tagOf({ sha256 }: ImageRecord): string {
  return `"${sha256}"`;
}

/** RFC 9110, section 13.1.2: a list of tags, compared weakly, or `*`. */
function matchesTag(header: string | null, record: ImageRecord): boolean {
  if (header === null) return false;
  const tags = new Set(header.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return tags.has('*') || tags.has(tagOf(record));
}

/** A name for people who save it: the prompt's first words, as far as every file system takes them. */
function fileName({ id, parameters, mediaType }: ImageRecord): string {
  const words = parameters.prompt
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, '');
  return `${words === '' ? id : words}.${extensionOf(mediaType as Parameters<typeof extensionOf>[0])}`;
}
