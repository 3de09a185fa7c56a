import {
  errorPage,
  explain,
  ImageError,
  imageErrorCodes,
  summarizeIssues,
  type Explanation,
  type RequestIssue,
} from '@tintype/core';
import type { ErrorCode } from '../jobs/error-codes.ts';
import { codeOf, type Problem, type StoreFailure, type StoreTask } from './problem.ts';

/** Who reads it: someone who calls the gateway, or its operator. Only the operator sees addresses, files and causes. */
export type ProblemReader = 'caller' | 'operator';

/** What the reader's protocol calls things. */
export interface ProblemNames {
  /** @default 'idempotencyKey' */
  readonly idempotencyKey?: string;
}

/** A problem in words, and all that a protocol says beside them. */
export interface ProblemDescription extends Explanation {
  readonly code: ErrorCode;
  /** Whether the same request may well succeed later, with nothing changed. */
  readonly retryable: boolean;
  /** The page that explains the code. */
  readonly docs: string;
  /** The HTTP status, where the protocol has one. */
  readonly status: number;
  /** When to try again, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Every problem with an input. */
  readonly issues?: readonly RequestIssue[] | undefined;
}

/** Words a problem for its reader: the one place that does. The endpoint's errors are worded by core. */
export function describeProblem(
  problem: Problem,
  reader: ProblemReader,
  { idempotencyKey = 'idempotencyKey' }: ProblemNames = {},
): ProblemDescription {
  const code = codeOf(problem);
  return { code, docs: errorPage(code), retryable: false, ...describe(problem, { reader, idempotencyKey }) };
}

type Description = Explanation & Partial<ProblemDescription> & Pick<ProblemDescription, 'status'>;

interface Reading {
  readonly reader: ProblemReader;
  readonly idempotencyKey: string;
}

type Descriptions = {
  readonly [Kind in Problem['kind']]: (
    problem: Extract<Problem, { readonly kind: Kind }>,
    reading: Reading,
  ) => Description;
};

const descriptions: Descriptions = {
  endpoint_error: (problem, { reader }) => {
    // The remedy follows from the facts; that in the record may be one of a later version.
    const explanation = explain(new ImageError(problem), reader);
    const { status = 422, retryAfterMs } = endpointStatuses[problem.code] ?? {};
    const asked = 'retryAfterMs' in problem.facts ? problem.facts.retryAfterMs : undefined;
    return {
      ...explanation,
      retryable: problem.retryable,
      status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs: typeof asked === 'number' ? asked : retryAfterMs }),
    };
  },
  invalid_input: ({ issues }) => ({
    status: 400,
    message: summarizeIssues(issues),
    hint: 'Correct the fields named in issues and send the request again.',
    issues,
  }),
  queue_full: ({ queued, limit }) => ({
    status: 503,
    message: `The gateway's queue is full (${queued} of ${limit}).`,
    hint: 'Try again when some jobs have finished.',
    retryable: true,
    retryAfterMs: 5_000,
  }),
  rate_limited: ({ retryAfterMs }) => ({
    status: 429,
    message: 'Too many images were requested in a short time.',
    hint: `Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
    retryable: true,
    retryAfterMs,
  }),
  idempotency_conflict: (_, { idempotencyKey }) => ({
    status: 409,
    message: `The ${idempotencyKey} was used in the last 24 hours with another request.`,
    hint: 'Use a new key for a new request; repeat a request with exactly the same input.',
  }),
  not_found: ({ what }) => ({
    status: 404,
    message: `There is no ${what} with this id, or it is not yours.`,
    hint: `Query \`${what}s\` to see yours.`,
  }),
  image_gone: ({ why }, { idempotencyKey }) =>
    ({
      deleted: {
        status: 410,
        message: 'The image was made, but has been deleted since.',
        hint: `Request a new one, with a new ${idempotencyKey}.`,
        retryable: true,
      },
      not_in_store: {
        status: 404,
        message: "The image is missing from the gateway's store.",
        hint: "Tell the gateway's operator: its log has the details.",
      },
      unknown: {
        status: 404,
        message: 'There is no image with this id.',
        hint: 'It may have been deleted; request a new one with generateImage.',
      },
    })[why],
  already_finished: ({ status }) => ({
    status: 409,
    ...{
      SUCCEEDED: {
        message: 'The job had already succeeded.',
        hint: 'Delete its image with deleteImage if you do not want it.',
      },
      FAILED: { message: 'The job had already failed.', hint: 'There is nothing to stop.' },
    }[status],
  }),
  canceled: ({ by }) => ({
    status: 409,
    message: cancellations[by],
    hint: `Request the image again if you still want it. ${by === 'request' ? 'The endpoint may have finished the canceled one, and billed it.' : 'Nothing was billed.'}`,
    retryable: true,
  }),
  interrupted: () => ({
    status: 422,
    message: 'The gateway, or a worker of it, went down while the endpoint was making this image.',
    hint: 'Request the image again. The endpoint may have finished the lost one, and billed it.',
    retryable: true,
  }),
  closing: () => ({
    status: 503,
    message: 'The gateway is shutting down.',
    hint: 'Try again in a moment.',
    retryable: true,
    retryAfterMs: 5_000,
  }),
  not_stored: () => ({
    status: 422,
    message: 'The image was made, but the gateway could not write it to its store.',
    hint: "Tell the gateway's operator: its disk may be full, or its object store down. The endpoint has billed the image.",
    retryable: true,
  }),
  storage_failed: (problem, reading) => ({
    ...(reading.reader === 'operator' ? storeForOperator(problem.failure) : storeForCaller(problem, reading)),
    status: 503,
    retryable: true,
    retryAfterMs: 30_000,
  }),
  internal: ({ requestId }) => ({
    status: requestId === undefined ? 422 : 500,
    message: 'An unhandled error occurred in the gateway.',
    hint:
      requestId === undefined
        ? "Tell the gateway's operator: its log has the details."
        : `Give the gateway's operator the request id ${requestId}: the gateway's log has the details.`,
  }),
  unauthenticated: () => ({
    status: 401,
    message: 'The API key is missing or wrong.',
    hint: "Send it as Authorization: Bearer <key>; ask the gateway's operator for one.",
  }),
  no_route: ({ path, isWorker }) => ({
    status: 404,
    message: isWorker
      ? `There is nothing at ${path}: this is a worker, which runs jobs and takes no requests.`
      : `There is nothing at ${path}: this gateway serves the Inference API at /predict and GraphQL at /graphql.`,
    hint: isWorker
      ? 'Send it to a gateway. A worker serves only /health, /ready and /metrics.'
      : 'Send it to /predict or /graphql. Images are at /images/<id>, and /health says whether the gateway is up.',
  }),
  wrong_method: ({ method, path, allow }) => ({
    status: 405,
    message: `${method} is not allowed at ${path}.`,
    hint: `Use ${allow}.`,
  }),
  refused: ({ status, message, hint }) => ({ status, message, hint }),
};

function describe<Kind extends Problem['kind']>(
  problem: Extract<Problem, { readonly kind: Kind }>,
  reading: Reading,
): Description {
  if (!isKnown(problem)) return unreadable;
  const description: Descriptions[Kind] = descriptions[problem.kind];
  return description(problem, reading);
}

/** A store may hold records of other versions: before errors were data, or by a newer worker while gateways are replaced. */
function isKnown(problem: Problem): boolean {
  if (problem.kind === 'endpoint_error') return imageErrorCodes.includes(problem.code);
  return Object.hasOwn(descriptions, problem.kind);
}

const unreadable: Description = {
  status: 422,
  message: 'The job failed, and another version of Tintype recorded why.',
  hint: 'Request the image again.',
};

/**
 * The gateway has tried again already where that made sense. What would end the same at once gets a status that no client
 * repeats by itself, since each repeat may be billed.
 */
const endpointStatuses: Partial<Record<ErrorCode, Pick<ProblemDescription, 'status' | 'retryAfterMs'>>> = {
  endpoint_unavailable: { status: 503, retryAfterMs: 30_000 },
  overloaded: { status: 503, retryAfterMs: 30_000 },
  rate_limited: { status: 429, retryAfterMs: 10_000 },
  timeout: { status: 504 },
};

const cancellations = {
  request: 'The job was canceled.',
  caller_left: 'The caller disconnected before the endpoint began.',
  closing: 'The gateway shut down before the endpoint began.',
} as const;

const tasks: Readonly<Record<StoreTask, string>> = {
  accept_job: 'The job was not accepted',
  delete_image: 'The image cannot be deleted',
  read_image: 'The image cannot be read',
};

function storeForCaller(
  { failure: { reason }, task }: Problem & { readonly kind: 'storage_failed' },
  { idempotencyKey }: Reading,
): Explanation {
  const isFull = reason === 'full';
  return {
    message: `${task === undefined ? 'The gateway cannot use its store' : tasks[task]}: the store ${isFull ? 'is full' : 'does not respond'}.`,
    hint:
      task === 'accept_job' && !isFull
        ? `Try again in a moment. With the same ${idempotencyKey}, that cannot cost a second image even if the job was accepted after all.`
        : "Try again later, and tell the gateway's operator if it keeps happening. Nothing is billed.",
  };
}

function storeForOperator<Reason extends StoreFailure['reason']>(
  failure: Extract<StoreFailure, { readonly reason: Reason }>,
): Explanation {
  const explanation: StoreExplanations[Reason] = storeExplanations[failure.reason];
  return explanation(failure);
}

type StoreExplanations = {
  readonly [Reason in StoreFailure['reason']]: (
    failure: Extract<StoreFailure, { readonly reason: Reason }>,
  ) => Explanation;
};

const storeExplanations: StoreExplanations = {
  unreachable: ({ place = 'The store', detail }) => ({
    message: `${place} cannot be reached${detail === undefined ? '' : ` (${detail})`}.`,
    hint: place.startsWith('s3:')
      ? 'Check that the object store is up, and that AWS_ENDPOINT_URL and AWS_REGION name it.'
      : 'Check that it is up and that this machine can reach it. What is stored is not lost.',
  }),
  full: ({ place }) =>
    ({
      redis: {
        message: 'Redis has no memory left.',
        hint: 'Give Redis more memory, or keep records for a shorter time.',
      },
      disk: {
        message: 'The disk is full, or refuses to be written to.',
        hint: 'Free some space on it. What is stored is not lost.',
      },
    })[place],
  in_use: ({ place }) => ({
    message: `Another gateway is using the store ${place}.`,
    hint: 'Stop it, or choose another folder with store (TINTYPE_STORE on the command line).',
  }),
  not_writable: ({ place, detail }) => ({
    message: `The store ${place} cannot be created or opened: ${detail}.`,
    hint: 'Choose another folder with store (TINTYPE_STORE on the command line), or allow this user to write there.',
  }),
  damaged: ({ place, detail }) => ({
    message: `The store's database ${place} is damaged: ${detail}.`,
    hint: 'Restore it from a backup, or move it aside and start again: the images are recovered from the files beside it, but unfinished jobs must be requested again.',
  }),
  wrong_version: ({ place, of, found, needed }) => ({
    message: `${place} has ${of} ${found}; this version of Tintype needs ${needed}.`,
    hint:
      of === 'version'
        ? `Upgrade ${place}.`
        : 'Use the version that it was written for, or give this gateway a store of its own.',
  }),
};
