import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../schema/schema.ts';
import { stubEndpoint } from '../testing/stub-endpoint.ts';
import { testGateway } from '../testing/test-gateway.ts';
import { exampleMutation } from './graphiql-page.ts';

const asBrowser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

describe('the page for browsers', () => {
  test('is what a browser gets, at /graphql and from /, and a program does not', async () => {
    const endpoint = await stubEndpoint();
    let rendered = 0;
    const { url, graphql } = await testGateway(endpoint.url, {
      graphiql: async () => `<!doctype html><title>page ${(rendered += 1)}</title>`,
    });
    for (const address of [url, `${url}/graphql`]) {
      const page = await fetch(address, asBrowser);
      expect(page.url).toBe(`${url}/graphql`);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(await page.text()).toContain('<title>page 1</title>');
    }
    expect((await graphql('{ endpoint { name } }')).data['endpoint']).toEqual({ name: 'default' });
  });

  test('can reach no one but the gateway', async () => {
    const endpoint = await stubEndpoint();
    const { url } = await testGateway(endpoint.url, { graphiql: () => '<!doctype html>' });
    const response = await fetch(`${url}/graphql`, asBrowser);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*/);
  });

  test('has an example for its editor that the schema understands', async () => {
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url);
    expect(validate(schema, parse(exampleMutation))).toEqual([]);
    const { data } = await graphql(exampleMutation);
    expect(data['generateImage']).toMatchObject({ width: 512, mediaType: 'image/png' });
  });

  test('is there only where it is given', async () => {
    const endpoint = await stubEndpoint();
    const { url } = await testGateway(endpoint.url);
    expect((await fetch(`${url}/graphql`, asBrowser)).headers.get('content-type')).not.toContain('text/html');
    expect((await fetch(url, asBrowser)).status).toBe(404);
  });
});
