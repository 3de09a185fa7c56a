import { explain, ImageError, type Attempt } from '@tintype/core';
import { watchJob } from '../jobs/watch-job.ts';
import { jobStatuses, type EndpointAnswer, type JobRecord } from '../jobs/job-record.ts';
import { GraphQLError } from 'graphql';
import { describeProblem } from '../problems/describe-problem.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './gateway-context.ts';
import { connectionOf, listComplexity, pageRequest } from './connection.ts';
import { ErrorInterface, errorOf } from './errors.ts';
import { Image } from './image.ts';
import { GenerationParameters } from './parameters.ts';

const meanings = {
  QUEUED: 'Waiting for its turn.',
  WAITING: 'Sent, but the endpoint is not up yet; `lastAnswer` says what it last answered.',
  RUNNING: 'Sent; the endpoint is at work.',
  SUCCEEDED: 'There is an image.',
  FAILED: 'There is none; `error` says why.',
  CANCELED: 'Stopped on request. An image that arrived all the same is kept.',
} as const satisfies Record<JobRecord['status'], string>;

export const JobStatusEnum = builder.enumType('JobStatus', {
  description: 'Where a job stands.',
  values: Object.fromEntries(jobStatuses.map((status) => [status, { value: status, description: meanings[status] }])),
});

const JobAttempt = builder.objectRef<Attempt>('JobAttempt').implement({
  description: 'One request to the endpoint.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: '1 for the first.' }),
    waitedMs: t.exposeInt('waitedMs', { description: 'How long was waited before it, in milliseconds.' }),
    durationMs: t.exposeInt('durationMs', { description: 'In milliseconds.' }),
    status: t.int({
      nullable: true,
      resolve: ({ status }) => status,
      description: 'HTTP status, where there was an answer.',
    }),
    failure: t.string({
      nullable: true,
      resolve: ({ failure }) => failure,
      description: "A network error's code, `timeout`, or what was wrong with the answer.",
    }),
    mayHaveRun: t.exposeBoolean('mayHaveRun', {
      description: 'Whether the endpoint may have made an image with it, and billed it, arrived or not.',
    }),
  }),
});

function notReady(status: number | undefined): string {
  const facts = { endpoint: '', waits: true };
  return explain(new ImageError({ code: 'endpoint_unavailable', facts, status }), 'caller').message;
}

const EndpointAnswerType = builder.objectRef<EndpointAnswer>('EndpointAnswer').implement({
  description: 'What the endpoint responded while it was not ready.',
  fields: (t) => ({
    at: t.field({ type: 'DateTime', resolve: ({ at }) => at, description: 'When.' }),
    status: t.int({ nullable: true, resolve: ({ status }) => status, description: 'HTTP status.' }),
    message: t.string({ resolve: ({ status }) => notReady(status), description: 'What that means.' }),
  }),
});

export const Job = builder.objectRef<JobRecord>('Job').implement({
  description: 'A request for one image, from its acceptance to its end.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Opaque, such as `job_…`.' }),
    status: t.field({ type: JobStatusEnum, resolve: ({ status }) => status, description: 'Where it stands.' }),
    statusSince: t.field({
      type: 'DateTime',
      resolve: ({ statusSince }) => statusSince,
      description: 'Since when it stands there.',
    }),
    queuePosition: t.int({
      nullable: true,
      resolve: ({ id, status }, _, { services }) => (status === 'QUEUED' ? services.engine.queue.position(id) : null),
      description: 'Its place in line while QUEUED, 1 for the next.',
    }),
    parameters: t.field({
      type: GenerationParameters,
      resolve: ({ request }) => request,
      description: 'What is asked for, with all defaults filled in.',
    }),
    endpoint: t.exposeString('endpoint', { description: 'The name of the endpoint that makes the image.' }),
    createdAt: t.field({
      type: 'DateTime',
      resolve: ({ createdAt }) => createdAt,
      description: 'When it was accepted.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ startedAt }) => startedAt,
      description: 'When it was last sent to the endpoint.',
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ finishedAt }) => finishedAt,
      description: 'When it ended.',
    }),
    attempts: t.field({
      type: [JobAttempt],
      resolve: ({ attempts }) => attempts,
      description: 'Every request to the endpoint that is over, known once the job has ended.',
    }),
    interruptions: t.exposeInt('interruptions', {
      description:
        'How often the gateway, or a worker of it, went down while the job was in flight. Each may have cost an image.',
    }),
    lastAnswer: t.field({
      type: EndpointAnswerType,
      nullable: true,
      resolve: ({ lastAnswer }) => lastAnswer,
      description: 'What the endpoint last answered while the job was WAITING.',
    }),
    image: t.field({
      type: Image,
      nullable: true,
      resolve: (job, _, { services }) => services.imageOf(job),
      description: 'The image, once there is one.',
    }),
    error: t.field({
      type: ErrorInterface,
      nullable: true,
      resolve: ({ failure }) => (failure === undefined ? undefined : errorOf(failure)),
      description: 'Why there is no image.',
    }),
  }),
});

const JobConnection = connectionOf('Job', Job);

async function findJob(id: string, { services, owner }: GatewayContext): Promise<JobRecord | undefined> {
  const job = await services.engine.jobStore.job(id);
  return job?.owner === owner ? job : undefined;
}

builder.queryFields((t) => ({
  job: t.field({
    type: Job,
    nullable: true,
    description: 'One of your jobs; `null` where there is none with this id, or it is not yours.',
    args: { id: t.arg.id({ required: true, description: "The job's id." }) },
    resolve: async (_, { id }, context) => findJob(id, context),
  }),
  jobs: t.field({
    type: JobConnection,
    description: 'Your jobs, newest first.',
    complexity: listComplexity,
    args: {
      first: t.arg.int({ description: 'How many, from 1 to 100; 20 unless given.' }),
      after: t.arg.string({ description: 'Go on behind the job with this cursor.' }),
      status: t.arg({ type: JobStatusEnum, description: 'Only those that stand there.' }),
    },
    resolve: async (_, { status, ...page }, { services, owner }) =>
      services.engine.jobStore.jobs({ ...pageRequest(owner, page), status: status ?? undefined }),
  }),
}));

builder.subscriptionField('jobUpdated', (t) =>
  t.field({
    type: Job,
    description:
      'A job as it stands, then after each change, its place in line included; ends with its end. Over server-sent events.',
    args: { id: t.arg.id({ required: true, description: "The job's id." }) },
    subscribe: async (_, { id }, context) => {
      if ((await findJob(id, context)) === undefined) {
        const { message, hint, docs } = describeProblem({ kind: 'not_found', what: 'job' }, 'caller');
        throw new GraphQLError(message, { extensions: { code: 'NOT_FOUND', hint, docs } });
      }
      const { services, request } = context;
      return watchJob(services.engine, { id, signals: [request.signal, services.closing] });
    },
    resolve: (job) => job,
  }),
);
