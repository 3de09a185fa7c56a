import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImageClient } from '@tintype/core';
import { tintype } from '@tintype/core/ai-sdk';
import { createGateway } from '@tintype/graphql';
import { generateImage } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, imageText } from './behaviours.ts';
import { clientsUnderTest } from './clients.ts';
import { misbehavingEndpoint, type MisbehavingEndpoint } from './misbehaving-endpoint.ts';

const request = { prompt: 'a foxx', width: 64, height: 64 };
const token = 'hf_conformance0token0secret';
const unknown = 'The model does not know these words and ignores them: "foxx" (did you mean "fox"?).';

/** What the endpoint sends as `warnings`, and what everyone should read. */
const cases: readonly { readonly name: string; readonly sent: unknown; readonly shown: readonly string[] }[] = [
  { name: 'a list', sent: [unknown, 'Low on memory.'], shown: [unknown, 'Low on memory.'] },
  { name: 'one text', sent: unknown, shown: [unknown] },
  { name: 'control characters and the token', sent: [`a\u001B[2J\n\u0007b ${token}`], shown: ['a [2J b [token]'] },
  { name: 'a very long text', sent: ['x'.repeat(10_000)], shown: [`${'x'.repeat(999)}…`] },
  { name: 'what is not sentences', sent: [{ code: 7 }, 7], shown: [] },
  {
    name: 'more than anyone reads',
    sent: Array.from({ length: 1000 }, (_, index) => `Warning ${index}.`),
    shown: [
      ...Array.from({ length: 20 }, (_, index) => `Warning ${index}.`),
      'More warnings from the endpoint, not shown: 980.',
    ],
  },
];

/** The warnings of one image, as an entrance shows them. The command line and the n8n node have the same in tests of their own. */
type Entrance = (url: string) => Promise<readonly unknown[]>;

describe('the endpoint’s warnings reach whoever uses', () => {
  let folder: string;
  let endpoint: MisbehavingEndpoint;
  let sent: unknown;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-conformance-'));
    endpoint = await misbehavingEndpoint({
      posts: [(...exchange) => answer(JSON.stringify({ image: imageText, warnings: sent }))(...exchange)],
    });
  });

  afterAll(async () => {
    await endpoint.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A gateway in front of the endpoint, asked once. */
  const throughGateway =
    (path: string, body: unknown, read: (body: unknown) => readonly unknown[]): Entrance =>
    async (url) => {
      const gateway = createGateway({
        endpoint: { url, token },
        store: await mkdtemp(join(folder, 'store-')),
        port: 0,
      });
      const { url: gatewayUrl } = await gateway.listen();
      try {
        const response = await fetch(`${gatewayUrl}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        return read(await response.json());
      } finally {
        await gateway.close();
      }
    };

  const entrances: Readonly<Record<string, Entrance>> = {
    ...Object.fromEntries(
      clientsUnderTest.map(({ name, create }): readonly [string, Entrance] => [
        `generate of ${name}`,
        async (url) => {
          const client = create({ endpoint: url, token });
          const { warnings } = await client.generate(request);
          await client.close?.();
          return warnings;
        },
      ]),
    ),
    save: async (url) => {
      await using client = createImageClient({ endpoint: url, token });
      return (await client.save(request, join(folder, 'fox.png'))).warnings;
    },
    stream: async (url) => {
      await using client = createImageClient({ endpoint: url, token });
      const stream = await client.stream(request);
      for await (const bytes of stream) expect(bytes.length).toBeGreaterThan(0);
      return (await stream.finished).warnings;
    },
    'the AI SDK': async (url) => {
      const { warnings } = await generateImage({
        model: tintype({ endpoint: url, token }).image(),
        prompt: request.prompt,
        size: '64x64',
        n: 2,
      });
      return warnings.map((warning) => (warning.type === 'other' ? warning.message : warning));
    },
    'the gateway’s GraphQL': throughGateway(
      '/graphql',
      {
        query:
          'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { ... on Image { warnings } ... on Error { message } } }',
        variables: { input: request },
      },
      (body) => (body as { data: { generateImage: { warnings: readonly string[] } } }).data.generateImage.warnings,
    ),
    'the gateway’s /predict': throughGateway(
      '/predict',
      { inputs: request.prompt, width: 64, height: 64, guidance_scale: 7.5 },
      (body) => (body as { warnings: readonly string[] }).warnings,
    ),
  };

  describe.each(Object.entries(entrances))('%s', (_name, entrance) => {
    it.each(cases)('$name', async ({ sent: value, shown }) => {
      sent = value;
      expect(await entrance(endpoint.url)).toEqual(shown);
    });
  });
});
