import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImageClient } from '@tintype/core';
import { requestFieldNames, requestFields } from '@tintype/core/contract';
import { createEndpoint, type Endpoint } from '@tintype/endpoint';
import { createGateway, type Gateway } from '@tintype/graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badInputs, type BadInput } from './bad-input.ts';

const good = { prompt: 'a red circle', width: 128, height: 128, guidanceScale: 7.5, inferenceSteps: 1 };

/** What an entrance says of a request with one mistake. */
type Entrance = (input: BadInput) => Promise<string>;

describe('a mistake in a request is told the same way', () => {
  let folder: string;
  let endpoint: Endpoint;
  let endpointUrl: string;
  let gateway: Gateway;
  let gatewayUrl: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-conformance-'));
    endpoint = createEndpoint({ port: 0 });
    ({ url: endpointUrl } = await endpoint.listen());
    await endpoint.ready();
    gateway = createGateway({ endpoint: { url: endpointUrl }, store: folder, port: 0 });
    ({ url: gatewayUrl } = await gateway.listen());
  });

  afterAll(async () => {
    await gateway.close();
    await endpoint.close();
    await rm(folder, { recursive: true, force: true });
  });

  const onWire =
    (url: () => string): Entrance =>
    async ({ field, value }) => {
      const body = Object.fromEntries(
        requestFieldNames
          .filter((name) => name !== 'negativePrompt')
          .map((name) => [requestFields[name].wire, name === field ? value : good[name]]),
      );
      const answer = await fetch(url(), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(400);
      return ((await answer.json()) as { error: string }).error;
    };

  const entrances: Readonly<Record<string, Entrance>> = {
    'core’s client': async ({ field, value }) => {
      await using client = createImageClient({ endpoint: endpointUrl });
      return client.generate({ ...good, [field]: value }).then(
        () => 'nothing',
        (error: unknown) => (error as Error).message,
      );
    },
    'the Inference API': onWire(() => endpointUrl),
    'the gateway’s /predict': onWire(() => `${gatewayUrl}/predict`),
    'the gateway’s GraphQL': async ({ field, value }) => {
      const query = `mutation ($input: GenerateImageInput!) { generateImage(input: $input) { __typename ... on InvalidInputError { issues { message } } } }`;
      const answer = await fetch(`${gatewayUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input: { ...good, [field]: value } } }),
      });
      const { data, errors } = (await answer.json()) as {
        data?: { generateImage: { issues: { message: string }[] } };
        errors?: { message: string }[];
      };
      return (data?.generateImage.issues ?? errors ?? []).map(({ message }) => message).join(' ');
    },
  };

  it.each(badInputs)('$name', async (input) => {
    for (const [name, entrance] of Object.entries(entrances)) {
      const said = await entrance(input);
      if (input.isTypeMistake === true && name.endsWith('GraphQL')) {
        expect(said, name).toMatch(/cannot represent non/);
        continue;
      }
      // An operator's limits add their share to what is allowed.
      const [rule = '', rest = ''] = input.says.split(';');
      expect(said, name).toContain(
        rule.replace(', 8 or more', '').replace(', 1 or more', '').replace(', 0 or more', ''),
      );
      expect(said, name).toContain(rest);
      const own = requestFields[input.field].wire;
      expect(said, name).toMatch(new RegExp(`^(${input.field}|${own}) must be`));
    }
  });
});
