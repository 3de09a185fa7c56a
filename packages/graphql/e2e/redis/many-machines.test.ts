import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerPicture, stubEndpoint } from '../../src/testing/stub-endpoint.ts';
import { subscribe } from '../../src/testing/events.ts';
import { generateImage } from '../../src/testing/test-gateway.ts';
import { machinesOn } from './machines.ts';
import { startRedis, type RedisServer } from './redis-server.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => server.remove());
beforeEach(async () => {
  await server.connect().flushall();
});

const enqueue = /* GraphQL */ `
  mutation ($input: GenerateImageInput!) {
    enqueueImage(input: $input) {
      __typename
      ... on Job {
        id
        status
        queuePosition
      }
      ... on Error {
        code
        message
      }
    }
  }
`;
const input = { prompt: 'a red fox', width: 64, height: 64 };

/** An endpoint that answers when it is told to. */
async function heldEndpoint() {
  const held: (() => void)[] = [];
  const endpoint = await stubEndpoint(async (call, response, calls) => {
    await new Promise<void>((resolve) => {
      held.push(resolve);
    });
    answerPicture(call, response, calls);
  });
  const prompts = () => endpoint.calls.map((call) => String(call.body['inputs']));
  return { endpoint, prompts, release: () => held.shift()?.() };
}

describe('gateways and workers on one Redis', () => {
  test('a job asked for at one gateway is run by a worker, and its picture served by another gateway', async () => {
    const endpoint = await stubEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [one, other] = [await machines.gateway(), await machines.gateway(), await machines.worker()];
    const { data } = await one.graphql(generateImage, { input });
    const image = data['generateImage'] ?? {};
    expect(image['__typename']).toBe('Image');
    const picture = await fetch(`${other.url}/images/${String(image['id'])}`);
    expect((await picture.arrayBuffer()).byteLength).toBe(image['byteLength']);
    const listed = await other.graphql('{ images { nodes { id } } jobs(status: SUCCEEDED) { nodes { id } } }');
    expect(listed.data['images']?.['nodes']).toEqual([{ id: image['id'] }]);
    expect(listed.data['jobs']?.['nodes']).toHaveLength(1);
  });

  test('a subscription at any gateway follows the job to its end', async () => {
    const { endpoint, release } = await heldEndpoint();
    const machines = machinesOn(server, endpoint.url);
    const [one, other] = [await machines.gateway(), await machines.gateway()];
    const { data } = await one.graphql(enqueue, { input });
    const id = String(data['enqueueImage']?.['id']);
    const events = await subscribe(other.url, 'subscription ($id: ID!) { jobUpdated(id: $id) { status } }', { id });
    expect(await events.next()).toEqual({ status: 'QUEUED' });
    await machines.worker();
    await expect.poll(() => endpoint.calls.length).toBe(1);
    release();
    const rest = await events.rest();
    expect(rest.at(-1)).toEqual({ status: 'SUCCEEDED' });
    expect(rest).toContainEqual({ status: 'RUNNING' });
  });
});
