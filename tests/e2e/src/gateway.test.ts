import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserOptions } from './browser-options.ts';
import { isColour, look } from './look.ts';
import { start, type Running } from './product.ts';

describe('tintype serve', () => {
  let gateway: Running;

  beforeAll(async () => {
    gateway = await start('serve');
  });

  afterAll(async () => gateway[Symbol.asyncDispose]());

  it.each([
    ['a red circle on a yellow background', 'red', 'yellow'],
    ['a blue square on a white background', 'blue', 'white'],
  ] as const)('draws %s', async (prompt, object, ground) => {
    const query = `mutation ($prompt: String!) { generateImage(input: { prompt: $prompt }) { ... on Image { url } ... on Error { message } } }`;
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { prompt } }),
    });
    const { data } = (await answer.json()) as { data: { generateImage: { url: string } } };
    const image = await fetch(data.generateImage.url);
    const seen = await look(new Uint8Array(await image.arrayBuffer()));
    expect(seen).toMatchObject({ width: 512, height: 512 });
    expect(isColour(seen.ground, ground)).toBe(true);
    expect(isColour(seen.object, object)).toBe(true);
    expect(seen.objectShare).toBeGreaterThan(0.02);
  });

  it('shows GraphiQL in a browser, asks nothing of anyone else for it, and its first mutation makes an image', async () => {
    const browser = await chromium.launch(browserOptions);
    try {
      const page = await browser.newPage();
      const elsewhere: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(gateway.url) && !/^(data|blob):/.test(request.url()))
          elsewhere.push(request.url());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${gateway.url}/graphql`, { waitUntil: 'networkidle' });
      await page.getByRole('button', { name: /execute query/i }).click();
      const result = page.locator('.result-window');
      // The page breaks long lines.
      const shown = async (): Promise<string> => (await result.innerText()).replaceAll(/\s/g, '');
      await expect.poll(shown).toContain('/images/img_');
      expect(elsewhere).toEqual([]);
      expect(complaints).toEqual([]);
      await page.screenshot({ path: `${gateway.folder}/graphiql.png` });
    } finally {
      await browser.close();
    }
  });
});
