import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { answerJson, answerImage, stubEndpoint } from '../testing/stub-endpoint.ts';
import { generateImage, testGateway } from '../testing/test-gateway.ts';

const input = { prompt: 'a red fox', width: 64, height: 32 };

describe('generateImage', () => {
  test('makes an image, whose URL gives its bytes', async () => {
    const endpoint = await stubEndpoint();
    const { graphql, url } = await testGateway(endpoint.url);
    const { data, errors } = await graphql(generateImage, { input: { ...input, extra: { seed: 7 } } });
    expect(errors).toBeUndefined();
    const image = data['generateImage'];
    expect(image).toMatchObject({
      __typename: 'Image',
      mediaType: 'image/png',
      width: 64,
      height: 32,
      seed: 7,
      warnings: [],
      parameters: { ...input, negativePrompt: null, guidanceScale: 7.5, inferenceSteps: 25, extra: { seed: 7 } },
    });
    expect(image?.['id']).toMatch(/^img_[\w-]{22}$/);
    expect(image?.['url']).toBe(`${url}/images/${String(image?.['id'])}`);
    const response = await fetch(String(image?.['url']));
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(bytes.length).toBe(image?.['byteLength']);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(image?.['sha256']);
  });

  test("sends the Inference API's request with the operator's token", async () => {
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url);
    await graphql(generateImage, {
      input: { ...input, negativePrompt: 'blue', guidanceScale: 3, inferenceSteps: 4, extra: { seed: 7 } },
    });
    expect(endpoint.calls).toHaveLength(1);
    expect(endpoint.calls[0]).toMatchObject({
      authorization: 'Bearer hf_endpoint_secret',
      body: {
        inputs: 'a red fox',
        negative_prompt: 'blue',
        width: 64,
        height: 32,
        guidance_scale: 3,
        inference_steps: 4,
        seed: 7,
      },
    });
  });

  test('null means the default that endpoint.defaults shows', async () => {
    const endpoint = await stubEndpoint();
    const defaults = { width: 128, height: 64, guidanceScale: 0, inferenceSteps: 4, negativePrompt: 'blurry' };
    const { graphql } = await testGateway({ url: endpoint.url, defaults });
    const shown = await graphql(
      '{ endpoint { name defaults { width height guidanceScale inferenceSteps negativePrompt } } }',
    );
    expect(shown.data['endpoint']).toEqual({ name: 'default', defaults });
    const nulls = { width: null, height: null, guidanceScale: null, inferenceSteps: null, negativePrompt: null };
    const { data } = await graphql(generateImage, {
      input: { prompt: 'a red fox', ...nulls, extra: null, idempotencyKey: null },
    });
    expect(data['generateImage']).toMatchObject({ __typename: 'Image', parameters: defaults });
  });

  test('an image is found again by its id, also after a restart', async () => {
    const endpoint = await stubEndpoint();
    const first = await testGateway(endpoint.url);
    const { data } = await first.graphql(generateImage, { input });
    const id = data['generateImage']?.['id'];
    await first.gateway.close();
    const second = await testGateway(endpoint.url, { store: first.store });
    const again = await second.graphql('query ($id: ID!) { image(id: $id) { id url sha256 } }', { id });
    expect(again.data['image']).toMatchObject({ id, sha256: data['generateImage']?.['sha256'] });
    expect((await fetch(String(again.data['image']?.['url']))).status).toBe(200);
    expect((await second.graphql('{ image(id: "img_none") { id } }')).data['image']).toBeNull();
  });

  test('base64 and dataUrl are there when they are selected', async () => {
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url);
    const { data } = await graphql(
      'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { ... on Image { url base64 dataUrl } } }',
      { input },
    );
    const { url, base64, dataUrl } = data['generateImage'] ?? {};
    const bytes = Buffer.from(await (await fetch(String(url))).arrayBuffer());
    expect(base64).toBe(bytes.toString('base64'));
    expect(dataUrl).toBe(`data:image/png;base64,${bytes.toString('base64')}`);
  });

  test('addresses begin with the public URL where one is set', async () => {
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url, { publicUrl: 'https://images.example.com/tintype/' });
    const { data } = await graphql(generateImage, { input });
    expect(data['generateImage']?.['url']).toMatch(/^https:\/\/images\.example\.com\/tintype\/images\/img_/);
  });

  test('warns of a negative prompt that has no effect', async () => {
    const endpoint = await stubEndpoint();
    const { graphql } = await testGateway(endpoint.url);
    const { data } = await graphql(generateImage, { input: { ...input, guidanceScale: 1, negativePrompt: 'blue' } });
    expect(data['generateImage']?.['warnings']).toEqual([expect.stringContaining('The negative prompt has no effect')]);
  });

  test('waits for an endpoint that is starting, and says so meanwhile', async () => {
    const endpoint = await stubEndpoint((_, response) => answerJson(response, 503, { error: 'loading' }));
    endpoint.isUp = false;
    const { graphql } = await testGateway(endpoint.url, { wait: 0 });
    const { data } = await graphql(generateImage, { input });
    const pending = data['generateImage'];
    expect(pending?.['__typename']).toBe('GenerationPending');
    const id = (pending?.['job'] as { readonly id: string } | undefined)?.id;
    const ask = async () =>
      (
        await graphql('query ($id: ID!) { job(id: $id) { status lastAnswer { status message } image { width } } }', {
          id,
        })
      ).data['job'];
    await expect.poll(ask).toMatchObject({ status: 'WAITING', lastAnswer: { status: 503 } });
    endpoint.handler = answerImage;
    endpoint.isUp = true;
    await expect.poll(ask).toMatchObject({ status: 'SUCCEEDED', image: { width: 64 } });
  });
});
