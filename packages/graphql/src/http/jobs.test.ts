import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { subscribe, type Subscription } from '../testing/events.ts';
import { answerImage, stubEndpoint, type EndpointCall } from '../testing/stub-endpoint.ts';
import { askGraphql, generateImage, testGateway } from '../testing/test-gateway.ts';

const input = { prompt: 'a red fox', width: 64, height: 64 };
const jobFields =
  'id status queuePosition interruptions startedAt finishedAt attempts { number status mayHaveRun } image { id url } error { __typename code message }';
const enqueueImage = `mutation ($input: GenerateImageInput!) { enqueueImage(input: $input) { __typename
  ... on Job { ${jobFields} } ... on Error { code message hint retryable docs } ... on QueueFullError { queued limit } ... on InvalidInputError { issues { path } } } }`;
const cancelJob = `mutation ($id: ID!) { cancelJob(id: $id) { __typename ... on Job { ${jobFields} } ... on Error { code message hint } } }`;
const jobById = `query ($id: ID!) { job(id: $id) { ${jobFields} } }`;
const jobUpdated = `subscription ($id: ID!) { jobUpdated(id: $id) { ${jobFields} } }`;
const allJobs = `query ($first: Int, $after: String, $status: JobStatus) { jobs(first: $first, after: $after, status: $status) { nodes { id status } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`;

/** An endpoint that answers when it is told to, so that jobs wait as long as the test wants. */
async function heldEndpoint() {
  const held: { readonly call: EndpointCall; readonly response: ServerResponse }[] = [];
  const stub = await stubEndpoint((call, response) => void held.push({ call, response }));
  const release = async () => {
    await expect.poll(() => held.length).toBeGreaterThan(0);
    const next = held.shift();
    if (next !== undefined) answerImage(next.call, next.response, []);
  };
  return { stub, release };
}

async function jobsGateway(options: Parameters<typeof testGateway>[1] = {}) {
  const { stub, release } = await heldEndpoint();
  const tested = await testGateway(stub.url, options);
  const enqueue = async (change: Record<string, unknown> = {}, headers: Record<string, string> = {}) => {
    const { data } = await tested.graphql(enqueueImage, { input: { ...input, ...change } }, { headers });
    return data['enqueueImage'] ?? {};
  };
  const job = async (id: unknown) => (await tested.graphql(jobById, { id })).data['job'];
  return { ...tested, stub, release, enqueue, job };
}

describe('enqueueImage', () => {
  test('answers at once with the job, which then runs to its image', async () => {
    const { enqueue, job, release } = await jobsGateway();
    const accepted = await enqueue();
    expect(accepted).toMatchObject({ __typename: 'Job', interruptions: 0, image: null, error: null });
    await release();
    await expect
      .poll(async () => job(accepted['id']))
      .toMatchObject({
        status: 'SUCCEEDED',
        attempts: [{ number: 1, status: 200, mayHaveRun: true }],
        image: { url: expect.stringContaining('/images/img_') },
        finishedAt: expect.any(String),
      });
  });

  test('says the place in line, which moves up', async () => {
    const { enqueue, job, release } = await jobsGateway();
    const [first, second, third] = [await enqueue(), await enqueue(), await enqueue()];
    await expect.poll(async () => job(first['id'])).toMatchObject({ status: 'RUNNING', queuePosition: null });
    expect(await job(second['id'])).toMatchObject({ status: 'QUEUED', queuePosition: 1 });
    expect(await job(third['id'])).toMatchObject({ status: 'QUEUED', queuePosition: 2 });
    await release();
    await expect.poll(async () => job(third['id'])).toMatchObject({ queuePosition: 1 });
  });

  test('refuses bad input with all problems, and makes no job', async () => {
    const { enqueue, graphql, stub } = await jobsGateway();
    expect(await enqueue({ width: 500, inferenceSteps: 0 })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['width'] }, { path: ['inferenceSteps'] }],
    });
    expect((await graphql(allJobs)).data['jobs']).toMatchObject({ nodes: [] });
    expect(stub.calls).toEqual([]);
  });

  test('refuses more than the line holds, and takes the next when there is room', async () => {
    const { enqueue, release, stub } = await jobsGateway({ queueLimit: 2 });
    await enqueue();
    await expect.poll(() => stub.calls.length).toBe(1);
    await enqueue();
    await enqueue();
    expect(await enqueue()).toMatchObject({
      __typename: 'QueueFullError',
      code: 'QUEUE_FULL',
      retryable: true,
      queued: 2,
      limit: 2,
    });
    await release();
    await expect.poll(() => stub.calls.length).toBe(2);
    expect(await enqueue()).toMatchObject({ __typename: 'Job' });
  });
});

describe('generateImage', () => {
  test('ends its wait with the job, which goes on', async () => {
    const { graphql, job, release } = await jobsGateway({ wait: 0 });
    const { data } = await graphql(generateImage, { input });
    expect(data['generateImage']).toMatchObject({
      __typename: 'GenerationPending',
      job: { id: expect.stringMatching(/^job_/) },
    });
    const id = (data['generateImage']?.['job'] as { readonly id: string } | undefined)?.id;
    await release();
    await expect.poll(async () => job(id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('of a job that is canceled says so', async () => {
    const { graphql, stub } = await jobsGateway();
    const waiting = graphql(generateImage, { input });
    await expect.poll(() => stub.calls.length).toBe(1);
    const { data } = await graphql(allJobs);
    const job = (data['jobs']?.['nodes'] as readonly { readonly id: string }[] | undefined)?.[0];
    await graphql(cancelJob, { id: job?.id });
    expect((await waiting).data['generateImage']).toMatchObject({ __typename: 'CanceledError', code: 'ABORTED' });
    await expect.poll(() => stub.calls[0]?.hungUp).toBe(true);
  });

  test('of a caller who goes away before the endpoint began is canceled', async () => {
    const { graphql, enqueue, url, stub, release } = await jobsGateway({ abandonAfter: 0 });
    await enqueue();
    await expect.poll(() => stub.calls.length).toBe(1);
    const leaving = new AbortController();
    const left = askGraphql(url, generateImage, { input }, { signal: leaving.signal });
    await expect
      .poll(async () => (await graphql(allJobs, { status: 'QUEUED' })).data['jobs']?.['nodes'])
      .toHaveLength(1);
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    await expect
      .poll(async () => (await graphql(allJobs, { status: 'CANCELED' })).data['jobs']?.['nodes'])
      .toHaveLength(1);
    await release();
    await expect
      .poll(async () => (await graphql(allJobs, { status: 'SUCCEEDED' })).data['jobs']?.['nodes'])
      .toHaveLength(1);
    expect(stub.calls).toHaveLength(1);
  });

  test('of a caller who goes away while the endpoint is at work is made and kept', async () => {
    const { graphql, url, stub, release } = await jobsGateway({ abandonAfter: 0 });
    const leaving = new AbortController();
    const left = askGraphql(url, generateImage, { input }, { signal: leaving.signal });
    await expect.poll(() => stub.calls.length).toBe(1);
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    await release();
    await expect
      .poll(async () => (await graphql('{ images { nodes { id } } }')).data['images']?.['nodes'])
      .toHaveLength(1);
  });

  test('of a caller with a key who goes away stays in line', async () => {
    const { graphql, enqueue, url, stub, release } = await jobsGateway({ abandonAfter: 0 });
    await enqueue();
    await expect.poll(() => stub.calls.length).toBe(1);
    const leaving = new AbortController();
    const keyed = { input: { ...input, idempotencyKey: 'k' } };
    const left = askGraphql(url, generateImage, keyed, { signal: leaving.signal });
    await expect
      .poll(async () => (await graphql(allJobs, { status: 'QUEUED' })).data['jobs']?.['nodes'])
      .toHaveLength(1);
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    await release();
    await release();
    expect((await graphql(generateImage, keyed)).data['generateImage']).toMatchObject({ __typename: 'Image' });
    expect(stub.calls).toHaveLength(2);
  });
});

describe('an idempotency key', () => {
  test('leads the same input to the same image, and calls the endpoint once', async () => {
    const { graphql, stub, release } = await jobsGateway();
    const keyed = { input: { ...input, idempotencyKey: 'order 7' } };
    const answers = Promise.all(Array.from({ length: 10 }, async () => graphql(generateImage, keyed)));
    await release();
    const ids = new Set((await answers).map(({ data }) => data['generateImage']?.['id']));
    expect(ids.size).toBe(1);
    const spelled = {
      input: {
        height: 64,
        width: 64,
        guidanceScale: 7.5,
        negativePrompt: null,
        prompt: 'a red fox',
        idempotencyKey: 'order 7',
      },
    };
    expect((await graphql(generateImage, spelled)).data['generateImage']?.['id']).toBe([...ids][0]);
    expect(stub.calls).toHaveLength(1);
  });

  test('is remembered after a restart', async () => {
    const { graphql, gateway, store, release } = await jobsGateway();
    const keyed = { input: { ...input, idempotencyKey: 'order 7' } };
    const answer = graphql(generateImage, keyed);
    await release();
    const id = (await answer).data['generateImage']?.['id'];
    await gateway.close();
    const endpoint = await stubEndpoint();
    const again = await testGateway(endpoint.url, { store });
    expect((await again.graphql(generateImage, keyed)).data['generateImage']?.['id']).toBe(id);
    expect(endpoint.calls).toEqual([]);
  });

  test('with another input is a conflict', async () => {
    const { enqueue } = await jobsGateway();
    await enqueue({ idempotencyKey: 'order 7' });
    expect(await enqueue({ idempotencyKey: 'order 7', prompt: 'a blue fox' })).toMatchObject({
      __typename: 'IdempotencyConflictError',
      code: 'IDEMPOTENCY_CONFLICT',
      retryable: false,
      hint: expect.stringContaining('new key'),
      docs: expect.stringMatching(/^https:.*\/docs\/errors\/idempotency_conflict\.md$/),
    });
  });

  test('of a job that failed may be used again', async () => {
    const endpoint = await stubEndpoint(
      (_, response) => void response.writeHead(400).end('{"error":"list index out of range"}'),
    );
    const { graphql } = await testGateway(endpoint.url);
    const keyed = { input: { ...input, idempotencyKey: 'order 7' } };
    expect((await graphql(generateImage, keyed)).data['generateImage']).toMatchObject({ code: 'HANDLER_FAILED' });
    endpoint.handler = answerImage;
    expect((await graphql(generateImage, keyed)).data['generateImage']).toMatchObject({ __typename: 'Image' });
  });
});

describe('cancelJob', () => {
  test('takes a waiting job out of the line; the endpoint never hears of it', async () => {
    const { enqueue, graphql, release, stub, job } = await jobsGateway();
    const [first, second] = [await enqueue(), await enqueue()];
    const { data } = await graphql(cancelJob, { id: second['id'] });
    expect(data['cancelJob']).toMatchObject({
      __typename: 'Job',
      status: 'CANCELED',
      error: { __typename: 'CanceledError', code: 'ABORTED' },
    });
    await release();
    await expect.poll(async () => job(first['id'])).toMatchObject({ status: 'SUCCEEDED' });
    expect(stub.calls).toHaveLength(1);
  });

  test('cuts the connection of a running job, and the next one runs', async () => {
    const { enqueue, graphql, release, stub, job } = await jobsGateway();
    const [first, second] = [await enqueue(), await enqueue()];
    await expect.poll(() => stub.calls.length).toBe(1);
    await graphql(cancelJob, { id: first['id'] });
    await expect.poll(() => stub.calls[0]?.hungUp).toBe(true);
    await expect.poll(() => stub.calls.length).toBe(2);
    await release();
    await release();
    await expect.poll(async () => job(second['id'])).toMatchObject({ status: 'SUCCEEDED' });
    expect(await job(first['id'])).toMatchObject({ status: 'CANCELED', image: null });
  });

  test('twice is once', async () => {
    const { enqueue, graphql } = await jobsGateway();
    const { id } = await enqueue();
    const first = (await graphql(cancelJob, { id })).data['cancelJob'];
    const twice = (await graphql(cancelJob, { id })).data['cancelJob'];
    expect(twice).toEqual(first);
    expect(twice).toMatchObject({ status: 'CANCELED' });
  });

  test('of a job that has ended, or is not there, says so', async () => {
    const { enqueue, graphql, release, job } = await jobsGateway();
    const { id } = await enqueue();
    await release();
    await expect.poll(async () => job(id)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await graphql(cancelJob, { id })).data['cancelJob']).toMatchObject({
      __typename: 'AlreadyFinishedError',
      code: 'ALREADY_FINISHED',
    });
    expect((await graphql(cancelJob, { id: 'job_none' })).data['cancelJob']).toMatchObject({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
    });
  });
});

describe('jobUpdated', () => {
  test('tells the present state, each change and the end, then ends', async () => {
    const { enqueue, url, release } = await jobsGateway();
    const [first, second] = [await enqueue(), await enqueue()];
    const events = await subscribe(url, jobUpdated, { id: second['id'] });
    expect(await events.next()).toMatchObject({ status: 'QUEUED', queuePosition: 1 });
    await release();
    await release();
    const rest = await events.rest();
    expect(rest.at(-1)).toMatchObject({ status: 'SUCCEEDED', image: { id: expect.any(String) } });
    expect(rest.map(({ status }) => status)).toContain('RUNNING');
    expect(first['id']).not.toBe(second['id']);
  });

  test('of a job that has ended tells that, and ends', async () => {
    const { enqueue, url, release, job } = await jobsGateway();
    const { id } = await enqueue();
    await release();
    await expect.poll(async () => job(id)).toMatchObject({ status: 'SUCCEEDED' });
    const events = await subscribe(url, jobUpdated, { id });
    expect(await events.rest()).toEqual([expect.objectContaining({ status: 'SUCCEEDED' })]);
  });

  test('of a job that is not there is an error', async () => {
    const { url } = await jobsGateway();
    const events = await subscribe(url, jobUpdated, { id: 'job_none' });
    expect(await events.rest()).toEqual([
      expect.objectContaining({
        extensions: {
          code: 'NOT_FOUND',
          hint: 'Query `jobs` to see yours.',
          docs: expect.stringContaining('not_found.md'),
        },
      }),
    ]);
  });

  test('ends when the gateway goes down', async () => {
    const { enqueue, url, gateway } = await jobsGateway();
    const { id } = await enqueue();
    const events = await subscribe(url, jobUpdated, { id });
    expect(await events.next()).toMatchObject({ id });
    await gateway.close();
    await events.rest();
  });

  test('a thousand subscribers are told the end of one job', async () => {
    const { enqueue, url, release } = await jobsGateway();
    const { id } = await enqueue();
    const subscribers: Subscription[] = [];
    // A hundred at a time: the server's queue of new connections holds 511.
    while (subscribers.length < 1_000) {
      const query = 'subscription ($id: ID!) { jobUpdated(id: $id) { status } }';
      const more = await Promise.all(Array.from({ length: 100 }, async () => subscribe(url, query, { id })));
      await Promise.all(more.map(async ({ next }) => next()));
      subscribers.push(...more);
    }
    await release();
    const ends = await Promise.all(subscribers.map(async ({ rest }) => (await rest()).at(-1)));
    expect(ends.filter((end) => end?.['status'] === 'SUCCEEDED')).toHaveLength(1_000);
  });
});

describe('lists', () => {
  test('go page by page, newest first', async () => {
    const { enqueue, graphql } = await jobsGateway();
    const ids: unknown[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await enqueue())['id']);
    const first = (await graphql(allJobs, { first: 2 })).data['jobs'] as {
      nodes: { id: string }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = (await graphql(allJobs, { first: 2, after: first.pageInfo.endCursor })).data['jobs'] as typeof first;
    expect(rest.pageInfo.hasNextPage).toBe(false);
    expect(new Set([...first.nodes, ...rest.nodes].map(({ id }) => id))).toEqual(new Set(ids));
  });

  test.for([
    [{ first: 0 }, 'first must be from 1 to 100; got 0.'],
    [{ first: 101 }, 'first must be from 1 to 100; got 101.'],
    [{ after: 'nonsense' }, 'after must be a cursor'],
  ] as const)('%o is refused: %s', async ([variables, message]) => {
    const { graphql } = await jobsGateway();
    const { errors } = await graphql(allJobs, variables);
    expect(errors?.[0]?.message).toContain(message);
  });
});

describe('deleteImage', () => {
  test('deletes bytes and record, and says when there was nothing', async () => {
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url);
    const { data } = await graphql(generateImage, { input });
    const { id, url } = data['generateImage'] as { readonly id: string; readonly url: string };
    expect((await fetch(url)).status).toBe(200);
    const deleteImage =
      'mutation ($id: ID!) { deleteImage(id: $id) { __typename ... on DeletedImage { id } ... on Error { code } } }';
    expect((await graphql(deleteImage, { id })).data['deleteImage']).toEqual({ __typename: 'DeletedImage', id });
    expect((await fetch(url)).status).toBe(404);
    expect((await graphql('query ($id: ID!) { image(id: $id) { id } }', { id })).data['image']).toBeNull();
    expect((await graphql(deleteImage, { id })).data['deleteImage']).toEqual({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
    });
  });
});
