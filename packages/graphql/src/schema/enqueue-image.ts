import type { JobRecord } from '../jobs/job-record.ts';
import { builder } from './builder.ts';
import {
  errorOf,
  IdempotencyConflictError,
  InvalidInputError,
  QueueFullError,
  RateLimitedError,
  type SchemaError,
} from './errors.ts';
import { GenerateImageInput } from './generate-image-input.ts';
import { Job } from './job.ts';
import { generationCost } from './operation-limits.ts';
import { typeNameOf } from './type-name-of.ts';

type EnqueueImageOutcome = (JobRecord & { readonly __typename: 'Job' }) | SchemaError;

const EnqueueImageResult = builder.unionType('EnqueueImageResult', {
  description: 'The job, or why there is none.',
  types: [Job, InvalidInputError, QueueFullError, RateLimitedError, IdempotencyConflictError],
  resolveType: typeNameOf,
});

builder.mutationField('enqueueImage', (t) =>
  t.field({
    type: EnqueueImageResult,
    description:
      'Enqueues an image and responds at once. Watch the job with `jobUpdated`, or query `job`. It is made whether or not anyone waits for it.',
    args: { input: t.arg({ type: GenerateImageInput, required: true, description: 'What to make.' }) },
    complexity: generationCost,
    resolve: async (_, { input: { idempotencyKey, ...input } }, { services, owner }) => {
      const reception = await services.receive({ input, idempotencyKey, names: 'typescript', owner });
      const outcome: EnqueueImageOutcome =
        reception.kind === 'accepted' ? { __typename: 'Job', ...reception.job } : errorOf(reception.problem);
      return outcome;
    },
  }),
);
