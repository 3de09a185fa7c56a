import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../schema/schema.ts';
import { stubEndpoint } from '../testing/stub-endpoint.ts';
import { testGateway } from '../testing/test-gateway.ts';
import { exampleMutation } from './graphiql-page.ts';

const asBrowser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

describe('GraphiQL', () => {
  test('is what a browser gets, at /graphql and from /', async () => {
    const endpoint = await stubEndpoint();
    const { url } = await testGateway(endpoint.url);
    const home = await fetch(url, asBrowser);
    expect(home.url).toBe(`${url}/graphql`);
    expect(home.headers.get('content-type')).toContain('text/html');
  });

  test('asks no one but the gateway', async () => {
    const endpoint = await stubEndpoint();
    const { url } = await testGateway(endpoint.url);
    const response = await fetch(`${url}/graphql`, asBrowser);
    const page = await response.text();
    const loaded = [
      ...page.matchAll(/<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\//gi),
    ];
    expect(loaded).toEqual([]);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*/);
  });

  test('begins with a mutation that the schema understands', async () => {
    const endpoint = await stubEndpoint();
    const { url, graphql } = await testGateway(endpoint.url);
    expect(validate(schema, parse(exampleMutation))).toEqual([]);
    const page = await (await fetch(`${url}/graphql`, asBrowser)).text();
    expect(page).toContain('a red circle on a yellow background');
    const { data } = await graphql(exampleMutation);
    expect(data['generateImage']).toMatchObject({ width: 512, mediaType: 'image/png' });
  });

  test('can be switched off', async () => {
    const endpoint = await stubEndpoint();
    const { url } = await testGateway(endpoint.url, { graphiql: false });
    expect((await fetch(`${url}/graphql`, asBrowser)).headers.get('content-type')).not.toContain('text/html');
    expect((await fetch(url, asBrowser)).status).toBe(404);
  });
});
