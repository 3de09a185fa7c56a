import { serverAudits } from 'graphql-http';
import { afterAll, describe, expect, test } from 'vitest';
import { mkdtempDisposableSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createGateway } from '../gateway/create-gateway.ts';

const directory = mkdtempDisposableSync(path.join(os.tmpdir(), 'tintype-'));
const gateway = createGateway({
  endpoint: { url: 'http://127.0.0.1:9' },
  store: directory.path,
  port: 0,
  drain: 0,
  introspection: true,
});
const { localUrl } = await gateway.listen();
afterAll(async () => {
  await gateway.close();
  directory.remove();
});

const audits = serverAudits({ url: `${localUrl}/graphql` });

// https://github.com/graphql/graphql-http: the audits of the GraphQL over HTTP specification, with everything switched on.
describe('GraphQL over HTTP', () => {
  test('there are 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  for (const { id, name, fn } of audits) {
    test(`${id} ${name}`, async () => {
      expect(await fn()).toMatchObject({ status: 'ok' });
    });
  }
});
