import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packNode, type PackedNode } from '../src/testing/pack-node.ts';
import { png } from '../src/testing/png.ts';
import { startStubEndpoint, type Call } from '../src/testing/stub-endpoint.ts';
import { engineWorkflow, runInEngine, type EngineJob } from './support/engine.ts';

let packed: PackedNode;
beforeAll(async () => void (packed = await packNode({ n8nWorkflow: engineWorkflow })));
afterAll(async () => await packed[Symbol.asyncDispose]());

const image = ({ method, body }: Call) => ({
  body: method === 'GET' ? {} : { image: png(Number(body['width']), Number(body['height'])).toString('base64') },
});
const generate = (parameters: object) => ({
  resource: 'image',
  operation: 'generate',
  prompt: '={{ $json.text }}',
  width: 16,
  height: 8,
  ...parameters,
});
const run = async (job: Partial<EngineJob> & Pick<EngineJob, 'url' | 'parameters'>) =>
  await runInEngine({ directory: packed.directory, accessToken: 'hf_engine', items: [{ text: 'a red fox' }], ...job });

describe("in n8n's own engine", () => {
  it('makes an image of each item, prompts from expressions, and sends exactly the JSON of the contract', async () => {
    await using endpoint = await startStubEndpoint(image);
    const { status, outputs } = await run({
      url: endpoint.url,
      parameters: generate({ width: '={{ $json.side }}' }),
      items: [
        { text: 'a {red} "fox"\n🦊', side: 16 },
        { text: 'a blue square', side: '24' },
      ],
    });
    expect(status).toBe('success');
    expect(endpoint.posts.map((call) => call.body)).toEqual([
      { inputs: 'a {red} "fox"\n🦊', width: 16, height: 8, guidance_scale: 7.5, inference_steps: 25 },
      { inputs: 'a blue square', width: 24, height: 8, guidance_scale: 7.5, inference_steps: 25 },
    ]);
    expect(endpoint.posts[0]?.headers).toMatchObject({
      authorization: 'Bearer hf_engine',
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect(outputs[0]?.map((item) => [item.json['width'], item.binary?.['data']?.data, item.pairedItem])).toEqual([
      [16, png(16, 8).toString('base64'), { item: 0 }],
      [24, png(24, 8).toString('base64'), { item: 1 }],
    ]);
  });

  it('waits for an endpoint that starts, by its health route, and says how many requests it took', async () => {
    await using endpoint = await startStubEndpoint((call, calls) =>
      calls.length <= 2 ? { status: 503, headers: { 'retry-after': '0' }, body: { error: 'Loading' } } : image(call),
    );
    const { outputs } = await run({ url: endpoint.url, parameters: generate({}) });
    expect(outputs[0]?.[0]?.json).toMatchObject({ attempts: 2 });
    expect(endpoint.calls.map((call) => `${call.method} ${call.path}`)).toEqual([
      'POST /',
      'GET /health',
      'GET /health',
      'POST /',
    ]);
  });

  it('stops at a failing item, and says what to do', async () => {
    await using endpoint = await startStubEndpoint(() => ({ status: 401, body: { error: 'Unauthorized' } }));
    const { status, error } = await run({ url: endpoint.url, parameters: generate({}) });
    expect(status).toBe('error');
    expect(error).toMatchObject({ context: { itemIndex: 0 }, description: expect.stringContaining('Access Token') });
    expect(JSON.stringify(error)).not.toContain('hf_engine');
  });

  it('sends failed items to the error output, with their input', async () => {
    await using endpoint = await startStubEndpoint(image);
    const { outputs } = await run({
      url: endpoint.url,
      onError: 'continueErrorOutput',
      parameters: generate({}),
      items: [{ text: 'a' }, { text: ' ' }, { text: 'b' }],
    });
    expect(outputs.map((output) => output.map((item) => item.json['prompt'] ?? item.json['error']))).toEqual([
      ['a', 'b'],
      ['Prompt must be a text that is not blank; got " ".'],
    ]);
  });

  it("says in the user's words that the time is over", async () => {
    await using endpoint = await startStubEndpoint(() => 'hang');
    const { error } = await run({ url: endpoint.url, parameters: generate({ options: { timeout: 1 } }) });
    expect(error?.message).toMatch(/within 1 s/);
    expect(error?.description).toContain('option Timeout');
  });

  it('keeps its own words where n8n has a stock sentence', async () => {
    const gone = await startStubEndpoint(() => ({}));
    await gone[Symbol.asyncDispose]();
    const { error } = await run({ url: gone.url, parameters: generate({ options: { maxRetries: 0 } }) });
    expect(error?.message).toMatch(/could not be reached/);
  });

  it('stops when the execution is stopped, in the middle of a request', async () => {
    let cancel: () => void = () => undefined;
    const closed = Promise.withResolvers<void>();
    await using endpoint = await startStubEndpoint(() => {
      cancel();
      closed.resolve();
      return 'hang';
    });
    const { status } = await run({
      url: endpoint.url,
      parameters: generate({}),
      items: [{ text: 'a' }, { text: 'b' }],
      onError: 'continueRegularOutput',
      onStart: (stop) => (cancel = stop),
    });
    await closed.promise;
    expect(status).toBe('canceled');
    expect(endpoint.posts).toHaveLength(1);
  });
});
