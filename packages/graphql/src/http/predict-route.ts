import { errorPage, summarizeIssues } from '@tintype/core';
import type { GatewayServices, Reception } from '../gateway/gateway-services.ts';
import type { ImageRecord } from '../images/image-record.ts';
import { cancelJob } from '../jobs/cancel-job.ts';
import type { ErrorCode } from '../jobs/error-codes.ts';
import { isFinal, type JobRecord } from '../jobs/job-record.ts';
import { maxBodyBytes, readLimitedText } from './body-limit.ts';
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
 * `POST /predict`: the Inference API's own contract, through the same jobs, limits and idempotency as GraphQL. It waits as long
 * as the job takes, since its callers know no other answer than the picture.
 */
export async function predict(request: Request, facts: PredictFacts): Promise<Response> {
  if (request.method !== 'POST') return methodNotAllowed(request, 'POST');
  const body = await readBody(request);
  if ('status' in body) return problem(body);
  const { owner, services } = facts;
  const idempotencyKey = request.headers.get('idempotency-key') ?? undefined;
  const reception = await services.receive({ input: body.input, idempotencyKey, names: 'wire', owner });
  if (reception.kind !== 'accepted') return problem(problemOfRefusal(reception));
  const leavesWithCaller = reception.isNew && idempotencyKey === undefined;
  const job = await services.waitFor({ job: reception.job, leavesWithCaller, signal: request.signal });
  if (!isFinal(job)) return goingDown(services, job, leavesWithCaller);
  const image = await services.imageOf(job);
  return image === undefined ? problem(problemOfJob(job)) : answerImage(image, facts);
}

async function answerImage(image: ImageRecord, { baseUrl, services }: PredictFacts): Promise<Response> {
  const bytes = await (await services.pictures.open(image.id))?.bytes();
  if (bytes === undefined) return problem(pictureGone);
  return jsonResponse({
    image: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    ...(image.seed === undefined ? {} : { seed: image.seed }),
    id: image.id,
    url: `${baseUrl}/images/${image.id}`,
  });
}

async function readBody(request: Request): Promise<Problem | { readonly input: Readonly<Record<string, unknown>> }> {
  // A page of any origin may send other types without asking first, and so spend the operator's money.
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    return badRequest(415, 'The body must be JSON.', 'Send it with Content-Type: application/json.');
  }
  const text = await readLimitedText(request);
  if (text === undefined) {
    return badRequest(413, `The body is larger than ${maxBodyBytes} bytes.`, 'Send a shorter prompt.');
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return badRequest(400, 'The body is no JSON.', wireExample);
  }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { input: { ...input } };
  return badRequest(400, 'The body must be a JSON object.', wireExample);
}

const wireExample =
  'Send { "inputs": "a red fox", "height": 512, "width": 512, "guidance_scale": 7.5, "inference_steps": 25 }.';

function badRequest(status: number, message: string, hint: string): Problem {
  return { status, code: 'invalid_request', message, hint };
}

function problemOfRefusal(refusal: Exclude<Reception, { readonly kind: 'accepted' }>): Problem {
  switch (refusal.kind) {
    case 'invalid': {
      const { issues } = refusal;
      return { ...badRequest(400, summarizeIssues(issues), 'Correct what issues names.'), more: { issues } };
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
