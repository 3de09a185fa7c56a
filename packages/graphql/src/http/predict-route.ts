import { errorPage, summarizeIssues } from '@tintype/core';
import {
  bodyTooLarge,
  dialectOf,
  parseJsonBody,
  preferredResponse,
  warningsHeader,
  type ParsedBody,
} from '@tintype/core/server';
import { Response } from '@whatwg-node/fetch';
import type { GatewayServices, Reception } from '../gateway/gateway-services.ts';
import type { ImageRecord } from '../images/image-record.ts';
import { cancelJob } from '../jobs/cancel-job.ts';
import type { ErrorCode } from '../jobs/error-codes.ts';
import { isFinal, type JobRecord } from '../jobs/job-record.ts';
import { readLimitedBody } from './body-limit.ts';
import { jsonResponse, methodNotAllowed } from './json-response.ts';

/** Who asks, and what stands before the addresses of pictures. */
export interface PredictFacts {
  readonly owner: string;
  readonly baseUrl: string;
  readonly services: GatewayServices;
}

interface Problem {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryAfterMs?: number;
  /** Facts of its own. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/**
 * `POST /predict`: the Inference API in both its dialects, through the same jobs, limits and idempotency as GraphQL. It waits
 * as long as the job takes, since its callers know no other response than the image.
 */
export async function predict(request: Request, facts: PredictFacts): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed(request, 'POST');
  const { headers } = request;
  const parsed = await parseBody(request);
  if (!parsed.ok) return problem({ code: 'invalid_request', ...parsed.refusal });
  const accept = headers.get('accept') ?? undefined;
  const dialect = dialectOf(parsed.body, { accept, userAgent: headers.get('user-agent') ?? undefined });
  const { owner, services } = facts;
  const idempotencyKey = headers.get('idempotency-key') ?? undefined;
  const reception = await services.receive({ input: parsed.body, idempotencyKey, names: dialect, owner });
  if (reception.kind !== 'accepted') return problem(problemOfRefusal(reception));
  const leavesWithCaller = reception.isNew && idempotencyKey === undefined;
  const job = await services.waitFor({ job: reception.job, leavesWithCaller, signal: request.signal });
  if (!isFinal(job)) return goingDown(services, job, leavesWithCaller);
  const image = await services.imageOf(job);
  if (image === undefined) return problem(problemOfJob(job));
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
  const bytes = await (await services.pictures.open(id))?.bytes();
  if (bytes === undefined) return problem(pictureGone);
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

function problemOfRefusal(refusal: Exclude<Reception, { readonly kind: 'accepted' }>): Problem {
  switch (refusal.kind) {
    case 'invalid': {
      const { issues } = refusal;
      return { status: 400, code: 'invalid_request', message: summarizeIssues(issues), hint: '', more: { issues } };
    }
    case 'full': {
      return {
        status: 503,
        code: 'queue_full',
        message: `The gateway's queue is full: ${refusal.queued} jobs wait, and it takes at most ${refusal.limit}.`,
        hint: 'Ask again when some have ended.',
        retryAfterMs: 5_000,
      };
    }
    case 'limited': {
      return {
        status: 429,
        code: 'rate_limited',
        message: 'Too many pictures were asked for in a short time.',
        hint: 'Ask again when Retry-After is over.',
        retryAfterMs: refusal.retryAfterMs,
      };
    }
    case 'conflict': {
      return {
        status: 409,
        code: 'idempotency_conflict',
        message: 'The Idempotency-Key was used in the last 24 hours with another body.',
        hint: 'Use a new key for a new request; repeat a request with exactly the same body.',
      };
    }
    default: {
      return refusal satisfies never;
    }
  }
}

const pictureGone: Problem = {
  status: 410,
  code: 'not_found',
  message: 'The picture was made, but has been deleted since.',
  hint: 'Ask for a new one, with a new Idempotency-Key.',
};

/**
 * The gateway has tried again already where that made sense. What would end the same at once gets a status that no client
 * repeats by itself, since each repeat may be billed.
 */
function problemOfJob({ failure, status }: JobRecord): Problem {
  if (failure === undefined) return pictureGone;
  const { code, message, hint = '' } = failure;
  // Clients read the cause out of the words of `error`, where those of the hint could mislead.
  const known = { code, message, hint: '', more: { hint } };
  if (status === 'CANCELED') return { ...known, status: 409 };
  return { ...known, ...(statusOfCode[code] ?? { status: 422 }) };
}

const statusOfCode: Partial<Record<ErrorCode, Pick<Problem, 'status' | 'retryAfterMs'>>> = {
  endpoint_unavailable: { status: 503, retryAfterMs: 30_000 },
  overloaded: { status: 503, retryAfterMs: 30_000 },
  rate_limited: { status: 429, retryAfterMs: 10_000 },
  timeout: { status: 504 },
};

/** A caller who cannot ask for the job again takes it along, as long as the endpoint has not begun. */
async function goingDown(services: GatewayServices, { id }: JobRecord, leavesWithCaller: boolean): Promise<Response> {
  if (leavesWithCaller && services.closing.aborted) {
    await cancelJob(services.engine, { id, from: ['QUEUED', 'WAITING'], why: 'The gateway went down.' });
  }
  return problem({
    status: 503,
    code: 'interrupted',
    message: 'The gateway is going down.',
    hint: 'Ask again in a moment.',
    retryAfterMs: 5_000,
  });
}

function problem({ status, code, message, hint, retryAfterMs, more = {} }: Problem): Response {
  const headers = retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
  const docs = errorPage(code);
  return jsonResponse({ error: `${message} ${hint}`.trim(), code, hint, docs, ...more }, { status, headers });
}
