import { serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { stubEndpoint } from '../testing/stub-endpoint.ts';
import { testGateway } from '../testing/test-gateway.ts';

const audits = serverAudits({ url: 'http://gateway.test/graphql' });

// https://github.com/graphql/graphql-http: the audits of the GraphQL over HTTP specification, with everything switched on.
describe('GraphQL over HTTP', () => {
  test('there are 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  for (const [index, { id, name }] of audits.entries()) {
    test(`${id} ${name}`, async () => {
      const endpoint = await stubEndpoint();
      const { url } = await testGateway(endpoint.url, { introspection: true });
      const result = await serverAudits({ url: `${url}/graphql` })[index]?.fn();
      expect(result).toMatchObject({ status: 'ok' });
    });
  }
});
