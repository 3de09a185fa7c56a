import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExample } from '../src/testing/example-workflows.ts';
import { packNode } from '../src/testing/pack-node.ts';
import { startStubEndpoint } from '../src/testing/stub-endpoint.ts';
import {
  askDirectly,
  endpointToken,
  startLocalEndpoint,
  untilReady,
  type LocalEndpoint,
} from './support/local-endpoint.ts';
import { connect, type N8nApi } from './support/n8n-api.ts';
import { createN8nProfile, type N8nProfile, type N8nServer } from './support/n8n-profile.ts';
import { offerTool } from './support/tool-server.ts';
import { activate, activateWebhook, webhookNode } from './support/webhook.ts';
import { generateNode, tintype, withCredential } from './support/workflow.ts';

let n8n: N8nProfile;
let server: N8nServer;
let api: N8nApi;
let endpoint: LocalEndpoint;

beforeAll(async () => {
  await using packed = await packNode();
  endpoint = await startLocalEndpoint();
  await untilReady(endpoint);
  n8n = await createN8nProfile({ tarball: packed.tarball });
  server = await n8n.start();
  api = await connect(server.url);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await n8n[Symbol.asyncDispose]();
  await endpoint[Symbol.asyncDispose]();
});

async function saveCredential(url: string): Promise<{ readonly id: string; readonly name: string }> {
  const saved = await api.post('/rest/credentials', {
    name: `Endpoint ${url}`,
    type: 'tintypeApi',
    data: { url, accessToken: endpointToken },
  });
  return { id: String(saved['id']), name: String(saved['name']) };
}

const generate = { prompt: '={{ $json.body.prompt }}', width: 128, height: 128, inferenceSteps: 8 };

describe('a real n8n that serves', () => {
  it('answers a webhook with the image, by the workflow of the README', async () => {
    const example = withCredential(await readExample('webhook-to-image.json'), await saveCredential(endpoint.url));
    const url = await activate(api, server, { path: 'image', content: example });
    const answer = await postJson(url, { prompt: 'a blue square on a white background', negativePrompt: 'red' });
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it('answers a webhook with exactly the bytes that the endpoint sent', async () => {
    const url = await activateWebhook(api, server, {
      path: 'seeded',
      credential: await saveCredential(endpoint.url),
      nodes: [
        webhookNode('seeded'),
        generateNode({ ...generate, options: { extra: '{"seed": 7}' } }),
        {
          name: 'Respond',
          type: 'n8n-nodes-base.respondToWebhook',
          typeVersion: 1.1,
          parameters: { respondWith: 'binary', responseDataSource: 'automatically' },
        },
      ],
    });
    const answer = await postJson(url, { prompt: 'a red circle on a yellow background' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const direct = await askDirectly(endpoint, {
      inputs: 'a red circle on a yellow background',
      width: 128,
      height: 128,
      guidance_scale: 7.5,
      inference_steps: 8,
      seed: 7,
    });
    expect(Buffer.from(await answer.arrayBuffer()).equals(direct)).toBe(true);
  });

  it('says whether the endpoint is ready, so that a workflow can branch', async () => {
    const url = await activateWebhook(api, server, {
      path: 'status',
      credential: await saveCredential(endpoint.url),
      nodes: [
        webhookNode('status', 'lastNode'),
        { name: 'Tintype', type: tintype, parameters: { resource: 'endpoint', operation: 'checkStatus' } },
      ],
    });
    const answer = await postJson(url, {});
    expect(await answer.json()).toMatchObject({ status: 'ready', ready: true, statusCode: 200 });
  });

  it('serves as a tool of an agent: it takes the prompt, and gives facts that an agent can read, never the bytes', async () => {
    const tools = await offerTool(api, server, 'tools', {
      name: 'Make an image',
      type: `${tintype}Tool`,
      parameters: {
        resource: 'image',
        operation: 'generate',
        ...generate,
        prompt: "={{ $fromAI('prompt', 'What the image should show', 'string') }}",
      },
      credentials: { tintypeApi: await saveCredential(endpoint.url) },
    });
    expect(await tools.ask('tools/list', {})).toMatchObject({
      tools: [
        { name: 'Make_an_image', description: 'Generate image in Tintype', inputSchema: { required: ['prompt'] } },
      ],
    });
    const { content } = (await tools.ask('tools/call', {
      name: 'Make_an_image',
      arguments: { prompt: 'a red circle on a yellow background' },
    })) as { readonly content: readonly { readonly text: string }[] };
    expect(JSON.parse(content[0]?.text ?? '')).toMatchObject([
      {
        prompt: 'a red circle on a yellow background',
        width: 128,
        height: 128,
        mediaType: 'image/png',
        fileName: 'image.png',
      },
    ]);
    expect(content[0]?.text.length).toBeLessThan(500);
  });

  it('drops the request to the endpoint when the execution is stopped', async () => {
    const asked = Promise.withResolvers<void>();
    await using hanging = await startStubEndpoint(() => {
      asked.resolve();
      return 'hang';
    });
    const url = await activateWebhook(api, server, {
      path: 'stopped',
      credential: await saveCredential(hanging.url),
      nodes: [webhookNode('stopped', 'lastNode'), generateNode(generate)],
    });
    const answer = postJson(url, { prompt: 'a red circle' });
    await asked.promise;
    const id = await runningExecution();
    await api.post(`/rest/executions/${id}/stop`, {});
    await hanging.hangUp;
    expect(await statusOf(id)).toBe('canceled');
    await (await answer).body?.cancel();
    expect(hanging.posts).toHaveLength(1);
  });
});

async function runningExecution(): Promise<string> {
  for (;;) {
    const { results } = (await api.get('/rest/executions?filter={"status":["running"]}')) as {
      readonly results: readonly { readonly id: string }[];
    };
    if (results[0] !== undefined) return results[0].id;
    await sleep(100);
  }
}

async function statusOf(id: string): Promise<string> {
  for (;;) {
    const { status } = (await api.get(`/rest/executions/${id}`)) as { readonly status: string };
    if (status !== 'running') return status;
    await sleep(100);
  }
}

describe('the credential', () => {
  const test = async (url: string, accessToken = endpointToken) =>
    await api.post('/rest/credentials/test', {
      credentials: { id: '', name: 'Endpoint', type: 'tintypeApi', data: { url, accessToken } },
    });

  it('is tested without making an image', async () => {
    await using stub = await startStubEndpoint(() => ({ body: { status: 'ok' } }));
    expect(await test(`${stub.url}/`)).toEqual({ status: 'OK', message: 'Connection successful!' });
    expect(stub.calls.map((call) => `${call.method} ${call.path}`)).toEqual(['GET /health']);
    expect(stub.calls[0]?.headers.authorization).toBe(`Bearer ${endpointToken}`);
  });

  it('is tested beside /predict, where a gateway has its health route', async () => {
    await using stub = await startStubEndpoint(() => ({ body: { status: 'ok' } }));
    expect(await test(`${stub.url}/predict`)).toMatchObject({ status: 'OK' });
    expect(stub.calls[0]?.path).toBe('/health');
  });

  it('works against the local endpoint, and is refused there with another token', async () => {
    expect(await test(endpoint.url)).toMatchObject({ status: 'OK' });
    expect(await test(endpoint.url, 'hf_wrong')).toEqual({
      status: 'Error',
      message: 'Token refused: paste an Access Token that may call this endpoint.',
    });
  });

  it.each([
    [503, /asleep or starting, so the token could not be checked yet/],
    [404, /copy it again from the page of your endpoint/],
  ])('says what a %d means', async (status, message) => {
    await using stub = await startStubEndpoint(() => ({ status, body: { error: 'no' } }));
    expect(await test(stub.url)).toEqual({ status: 'Error', message: expect.stringMatching(message) });
  });

  // The codes are n8n's own words here: a credential's test can put sentences in place of HTTP statuses only.
  it.each([
    ['abc123.endpoints.huggingface.cloud', 'ERR_INVALID_URL'],
    ['http://127.0.0.1:1', 'ECONNREFUSED'],
    ['http://no-such-host.invalid', /ENOTFOUND|EAI_AGAIN/],
  ])('is no success at %j', async (url, message) => {
    expect(await test(url)).toEqual({ status: 'Error', message: expect.stringMatching(message) });
  });
});

async function postJson(url: string, body: object): Promise<Response> {
  return await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
