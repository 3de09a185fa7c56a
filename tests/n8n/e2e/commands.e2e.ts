import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExample } from '../src/testing/example-workflows.ts';
import { packNode } from '../src/testing/pack-node.ts';
import type { ExecutedItem } from './support/execution.ts';
import {
  askDirectly,
  endpointToken,
  startLocalEndpoint,
  untilReady,
  type LocalEndpoint,
} from './support/local-endpoint.ts';
import { createN8nProfile, type N8nProfile } from './support/n8n-profile.ts';
import { runWorkflow, runWorkflowFile } from './support/run-workflow.ts';
import { credentialFile, exampleFile, generateNode, itemsNodes, start } from './support/workflow.ts';

let n8n: N8nProfile;
let endpoint: LocalEndpoint;

beforeAll(async () => {
  await using packed = await packNode();
  // Base64 in the run's data, so that the printed execution holds the image.
  n8n = await createN8nProfile({ tarball: packed.tarball, env: { N8N_DEFAULT_BINARY_DATA_MODE: 'default' } });
  endpoint = await startLocalEndpoint();
  await untilReady(endpoint);
  await useEndpoint(endpoint);
});

afterAll(async () => {
  await endpoint[Symbol.asyncDispose]();
  await n8n[Symbol.asyncDispose]();
});

async function useEndpoint({ url }: LocalEndpoint): Promise<void> {
  const { code, output } = await n8n.run(
    'import:credentials',
    `--input=${await n8n.write('credentials.json', credentialFile(url, endpointToken))}`,
  );
  expect(code, output).toBe(0);
}

const small = {
  width: 128,
  height: 128,
  inferenceSteps: 8,
  prompt: '={{ $json.text }}',
  options: { extra: '{"seed": 7}' },
};
const bytesOf = (item: ExecutedItem | undefined) => Buffer.from(item?.binary?.['data']?.data ?? '', 'base64');

describe('a real n8n, from an empty profile, by its own commands', () => {
  it('makes the images that the local endpoint makes', async () => {
    const { code, nodes } = await runWorkflow(n8n, 'images', [
      start,
      ...itemsNodes([{ text: 'a red circle on a yellow background' }, { text: 'a blue square on a white background' }]),
      generateNode(small),
    ]);
    expect(code).toBe(0);
    const items = nodes['Tintype']?.data?.main[0] ?? [];
    expect(items).toHaveLength(2);
    for (const [index, item] of items.entries()) {
      const direct = await askDirectly(endpoint, {
        inputs: item.json['prompt'],
        width: 128,
        height: 128,
        guidance_scale: 7.5,
        inference_steps: 8,
        seed: 7,
      });
      expect(bytesOf(item).equals(direct), `image ${index} is the endpoint's own`).toBe(true);
      expect(item.json).toMatchObject({ width: 128, height: 128, mediaType: 'image/png', attempts: 1, seed: 7 });
      expect(item.binary?.['data']).toMatchObject({
        mimeType: 'image/png',
        fileName: 'image.png',
        fileExtension: 'png',
      });
      expect(JSON.stringify(item.json)).not.toContain(direct.toString('base64').slice(0, 100));
    }
    expect(bytesOf(items[0]).equals(bytesOf(items[1]))).toBe(false);
  });

  it('goes on after an item that fails, and sends it to the error output', async () => {
    const { code, nodes } = await runWorkflow(n8n, 'failing', [
      start,
      ...itemsNodes([{ text: 'a red circle' }, { text: ' ' }, { text: 'a blue square' }]),
      generateNode(small, { onError: 'continueErrorOutput' }),
    ]);
    expect(code).toBe(0);
    const [good, failed] = nodes['Tintype']?.data?.main ?? [];
    expect(good?.map((item) => item.json['prompt'])).toEqual(['a red circle', 'a blue square']);
    expect(failed?.map((item) => item.json)).toMatchObject([
      { text: ' ', error: 'Prompt must be a text that is not blank; got " ".' },
    ]);
  });

  it('fails the workflow otherwise, with what happened and what to do', async () => {
    const { code, nodes } = await runWorkflow(n8n, 'stopping', [
      start,
      ...itemsNodes([{ text: 'a red circle', side: 500 }]),
      generateNode({ ...small, width: '={{ $json.side }}' }),
    ]);
    expect(code).not.toBe(0);
    expect(nodes['Tintype']?.error).toMatchObject({
      message:
        'Width must be a whole number of pixels, a multiple of 8, 8 or more; got 500. The nearest valid value is 496 or 504.',
      description: 'Correct the field in the Tintype node, or the expression that fills it.',
    });
  });

  it('waits for an endpoint that is asleep', async () => {
    await using sleeping = await startLocalEndpoint('--cold-start', '5s');
    await useEndpoint(sleeping);
    const { code, nodes } = await runWorkflow(n8n, 'cold', [
      start,
      ...itemsNodes([{ text: 'a red circle' }]),
      generateNode(small),
    ]);
    expect(code).toBe(0);
    const [item] = nodes['Tintype']?.data?.main[0] ?? [];
    expect(item?.json['attempts']).toBeGreaterThan(1);
    expect(bytesOf(item).subarray(1, 4).toString()).toBe('PNG');
    await useEndpoint(endpoint);
  });
});

describe('the workflows of the README', () => {
  it('makes an image of every row, and sets the others apart', async () => {
    const example = await readExample('image-of-every-row.json');
    const { code, nodes } = await runWorkflowFile(n8n, 'rows', exampleFile('rows', example));
    expect(code).toBe(0);
    const images = nodes['Images']?.data?.main[0] ?? [];
    expect(images.map((item) => item.binary?.['data']?.fileName)).toEqual(['fox.png', 'sailboat.png']);
    const others = nodes['Rows Without an Image']?.data?.main[0] ?? [];
    expect(others.map((item) => item.json)).toMatchObject([
      { title: 'nothing', error: 'Prompt must be a text that is not blank; got "".' },
    ]);
  });

  it('wakes the endpoint before it makes images', async () => {
    const example = await readExample('wake-up-first.json');
    // The schedule stands aside: the command starts workflows by hand only.
    const started = JSON.parse(JSON.stringify(example).replace('scheduleTrigger', 'manualTrigger')) as typeof example;
    const { code, nodes } = await runWorkflowFile(n8n, 'wake', exampleFile('wake', started));
    expect(code).toBe(0);
    expect(nodes['Wake Up']?.data?.main[0]?.[0]?.json).toMatchObject({ status: 'ready', ready: true });
    const images = nodes['Generate']?.data?.main[0] ?? [];
    expect(images.map((item) => item.json['seed'])).toEqual([1, 2, 3]);
    expect(new Set(images.map((item) => item.binary?.['data']?.data)).size).toBe(3);
  });
});
