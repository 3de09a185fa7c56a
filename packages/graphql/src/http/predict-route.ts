import {
  bodyTooLarge,
  dialectOf,
  parseJsonBody,
  preferredResponse,
  warningsHeader,
  type ParsedBody,
} from '@tintype/core/server';
import { Response } from '@whatwg-node/fetch';
import type { GatewayServices } from '../gateway/gateway-services.ts';
import type { ImageRecord } from '../images/image-record.ts';
import { cancelJob } from '../jobs/cancel-job.ts';
import { isFinal, type JobRecord } from '../jobs/job-record.ts';
import type { Problem } from '../problems/problem.ts';
import { readLimitedBody } from './body-limit.ts';
import { jsonResponse, methodNotAllowed, problemResponse } from './json-response.ts';

/** Who asks, and what stands before the addresses of images. */
export interface PredictFacts {
  readonly owner: string;
  readonly baseUrl: string;
  readonly services: GatewayServices;
}

const names = { idempotencyKey: 'Idempotency-Key' } as const;

/**
 * `POST /predict`: the Inference API in both its dialects, through the same jobs, limits and idempotency as GraphQL. It waits
 * as long as the job takes, since its callers know no other response than the image.
 */
export async function predict(request: Request, facts: PredictFacts): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed(request, 'POST');
  const { headers } = request;
  const parsed = await parseBody(request);
  if (!parsed.ok) return refuse({ kind: 'refused', ...parsed.refusal });
  const accept = headers.get('accept') ?? undefined;
  const dialect = dialectOf(parsed.body, { accept, userAgent: headers.get('user-agent') ?? undefined });
  const { owner, services } = facts;
  const idempotencyKey = headers.get('idempotency-key') ?? undefined;
  const reception = await services.receive({ input: parsed.body, idempotencyKey, names: dialect, owner });
  if (reception.kind !== 'accepted') return refuse(reception.problem);
  const leavesWithCaller = reception.isNew && idempotencyKey === undefined;
  const job = await services.waitFor({ job: reception.job, leavesWithCaller, signal: request.signal });
  if (!isFinal(job)) return goingDown(services, job, leavesWithCaller);
  const image = await services.imageOf(job);
  if (image === undefined) return refuse(job.failure ?? imageGone);
  const { as } = preferredResponse({ accept, prefersBytes: dialect === 'parameters' });
  return sendImage(image, as, facts);
}

async function parseBody(request: Request): Promise<ParsedBody> {
  const bytes = await readLimitedBody(request);
  if (bytes === undefined) return { ok: false, refusal: bodyTooLarge };
  return parseJsonBody(request.headers.get('content-type') ?? undefined, bytes);
}

/** The image as it is kept: of its own type, also where `Accept` names another. */
async function sendImage(
  { id, seed, mediaType, warnings }: ImageRecord,
  as: 'json' | 'bytes',
  { baseUrl, services }: PredictFacts,
): Promise<Response> {
  const bytes = await (await services.images.open(id))?.bytes();
  if (bytes === undefined) return refuse(imageGone);
  const url = `${baseUrl}/images/${id}`;
  if (as === 'bytes') {
    return new Response(new Uint8Array(bytes), {
      headers: {
        'content-type': mediaType,
        'content-length': String(bytes.byteLength),
        'content-location': url,
        'cache-control': 'no-store',
        ...(seed === undefined ? {} : { 'x-seed': String(seed) }),
        ...warningsHeader(warnings),
      },
    });
  }
  const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return jsonResponse({ image, ...(seed === undefined ? {} : { seed }), id, url, warnings });
}

/** A caller who cannot ask for the job again takes it along, as long as the endpoint has not begun. */
async function goingDown(services: GatewayServices, { id }: JobRecord, leavesWithCaller: boolean): Promise<Response> {
  if (leavesWithCaller && services.closing.aborted) {
    await cancelJob(services.engine, { id, from: ['QUEUED', 'WAITING'], by: 'closing' });
  }
  return refuse({ kind: 'closing' });
}

const imageGone: Problem = { kind: 'image_gone', why: 'deleted' };

function refuse(problem: Problem): Response {
  return problemResponse(problem, { names });
}
