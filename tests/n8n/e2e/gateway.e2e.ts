import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packNode } from '../src/testing/pack-node.ts';
import { loadNode } from '../src/testing/run-node.ts';
import { startTintype } from './support/local-endpoint.ts';

it('works unchanged behind the GraphQL gateway, whose /predict speaks the same contract', async () => {
  const cwd = await mkdtemp(join(await realpath(tmpdir()), 'tintype-gateway-'));
  await using packed = await packNode();
  const node = loadNode(packed.directory);
  {
    await using gateway = await startTintype({ args: ['serve'], cwd });
    const url = `${gateway.url}/predict`;
    const status = await node.run({ url, parameters: { resource: 'endpoint', operation: 'checkStatus' } });
    expect(status.items[0]?.json).toMatchObject({ status: 'ready', ready: true });
    const { items } = await node.run({ url, parameters: { prompt: 'a red circle', width: 128, height: 128 } });
    expect(items[0]?.json).toMatchObject({ width: 128, height: 128, mediaType: 'image/png' });
  }
  await rm(cwd, { recursive: true, force: true, maxRetries: 5 });
});
