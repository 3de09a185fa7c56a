import type { ImageRecord } from '../images/image-record.ts';
import { isFinal, type JobRecord } from '../jobs/job-record.ts';
import { builder } from './builder.ts';
import {
  CanceledError,
  EndpointError,
  errorOf,
  IdempotencyConflictError,
  InvalidInputError,
  QueueFullError,
  RateLimitedError,
  type SchemaError,
} from './errors.ts';
import type { GatewayContext } from './gateway-context.ts';
import { GenerateImageInput } from './generate-image-input.ts';
import { Image } from './image.ts';
import { Job } from './job.ts';
import { generationCost } from './operation-limits.ts';
import { typeNameOf } from './type-name-of.ts';

interface Pending {
  readonly __typename: 'GenerationPending';
  readonly job: JobRecord;
}

const GenerationPending = builder.objectRef<Pending>('GenerationPending').implement({
  description:
    'The wait ended before the image was there; the job goes on. Watch it with `jobUpdated`, or ask for `job`.',
  fields: (t) => ({
    job: t.field({ type: Job, resolve: ({ job }) => job, description: 'The job, as it stands.' }),
  }),
});

type GenerateImageOutcome = (ImageRecord & { readonly __typename: 'Image' }) | Pending | SchemaError;

const GenerateImageResult = builder.unionType('GenerateImageResult', {
  description: 'The image, or why there is none (yet).',
  types: [
    Image,
    GenerationPending,
    InvalidInputError,
    EndpointError,
    QueueFullError,
    RateLimitedError,
    IdempotencyConflictError,
    CanceledError,
  ],
  resolveType: typeNameOf,
});

builder.mutationField('generateImage', (t) =>
  t.field({
    type: GenerateImageResult,
    description:
      'Makes an image and waits for it: for 55 seconds unless the operator says otherwise, then `GenerationPending`. Give an `idempotencyKey` where the request may be repeated.',
    args: { input: t.arg({ type: GenerateImageInput, required: true, description: 'What to make.' }) },
    complexity: generationCost,
    resolve: async (_, { input }, context) => (await generateImage(input, context)) as never,
  }),
);

async function generateImage(
  { idempotencyKey, ...input }: typeof GenerateImageInput.$inferInput,
  { services, owner, request }: GatewayContext,
): Promise<GenerateImageOutcome> {
  const reception = await services.receive({ input, idempotencyKey, names: 'typescript', owner });
  if (reception.kind !== 'accepted') return errorOf(reception.problem);
  const leavesWithCaller = reception.isNew && typeof idempotencyKey !== 'string';
  const { signal } = request;
  const job = await services.waitFor({ job: reception.job, leavesWithCaller, signal, waitMs: services.waitMs });
  if (!isFinal(job)) return { __typename: 'GenerationPending', job };
  const image = await services.imageOf(job);
  if (image !== undefined) return { __typename: 'Image', ...image };
  return errorOf(job.failure ?? { kind: 'image_gone', why: 'deleted' });
}
