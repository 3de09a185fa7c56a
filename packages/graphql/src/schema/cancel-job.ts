import { cancelJob } from '../jobs/cancel-job.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { builder } from './builder.ts';
import { AlreadyFinishedError, errorOf, NotFoundError, type SchemaError } from './errors.ts';
import type { GatewayContext } from './gateway-context.ts';
import { Job } from './job.ts';
import { typeNameOf } from './type-name-of.ts';

type CancelJobOutcome = (JobRecord & { readonly __typename: 'Job' }) | SchemaError;

const CancelJobResult = builder.unionType('CancelJobResult', {
  description: 'The canceled job, or why it was not canceled.',
  types: [Job, NotFoundError, AlreadyFinishedError],
  resolveType: typeNameOf,
});

builder.mutationField('cancelJob', (t) =>
  t.field({
    type: CancelJobResult,
    description:
      'Stops a job. One that waits is not begun; of one that runs the connection is cut, and the endpoint may finish and bill the image all the same. Canceling twice is canceling once.',
    args: { id: t.arg.id({ required: true, description: "The job's id." }) },
    resolve: async (_, { id }, context) => (await cancel(id, context)) as never,
  }),
);

async function cancel(id: string, { services: { engine }, owner }: GatewayContext): Promise<CancelJobOutcome> {
  const job = await engine.jobStore.job(id);
  if (job?.owner !== owner) return errorOf({ kind: 'not_found', what: 'job' });
  const canceled = await cancelJob(engine, { id, by: 'request' });
  if (canceled !== undefined) return { __typename: 'Job', ...canceled };
  const ended = (await engine.jobStore.job(id)) ?? job;
  if (ended.status === 'CANCELED') return { __typename: 'Job', ...ended };
  const status = ended.status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED';
  return errorOf({ kind: 'already_finished', status });
}
