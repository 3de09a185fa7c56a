import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodePackage, packNode } from '../src/testing/pack-node.ts';
import { openBrowser, type EditorBrowser, type Page } from './support/browser.ts';
import { endpointToken, startLocalEndpoint, untilReady, type LocalEndpoint } from './support/local-endpoint.ts';
import { connect } from './support/n8n-api.ts';
import { createN8nProfile, type N8nProfile, type N8nServer } from './support/n8n-profile.ts';
import { generateNode, start, workflow } from './support/workflow.ts';

// `pnpm screenshots` renews the images in the README; a test run leaves them alone.
const images =
  process.env['UPDATE_SCREENSHOTS'] === undefined
    ? join(import.meta.dirname, '../.work/screenshots')
    : join(nodePackage, 'screenshots');

let n8n: N8nProfile;
let server: N8nServer;
let endpoint: LocalEndpoint;
let browser: EditorBrowser;
let page: Page;
let canvas: string;
let credentialPage: string;

beforeAll(async () => {
  await mkdir(images, { recursive: true });
  await using packed = await packNode();
  endpoint = await startLocalEndpoint();
  await untilReady(endpoint);
  n8n = await createN8nProfile({ tarball: packed.tarball });
  server = await n8n.start();
  const api = await connect(server.url);
  const saved = await api.post('/rest/credentials', {
    name: 'My endpoint',
    type: 'tintypeApi',
    data: { url: endpoint.url, accessToken: endpointToken },
  });
  const credential = { id: String(saved['id']), name: String(saved['name']) };
  const poster = workflow(
    'Poster',
    [start, generateNode({ prompt: 'a fox in the snow at night', width: 256, height: 256 })],
    credential,
  );
  const created = await api.post('/rest/workflows', poster);
  canvas = `${server.url}/workflow/${String(created['id'])}`;
  credentialPage = `${server.url}/home/credentials/${credential.id}`;
  browser = await openBrowser(server.url, api.cookie);
  ({ page } = browser);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await n8n[Symbol.asyncDispose]();
  await endpoint[Symbol.asyncDispose]();
});

async function openCanvas(): Promise<void> {
  await page.goto(canvas, { waitUntil: 'domcontentloaded' });
  await page.getByTestId('canvas-node').first().waitFor();
}

async function openPanel(): Promise<void> {
  await openCanvas();
  await page.locator('[data-test-id="canvas-node"][data-node-name="Tintype"]').dblclick();
  await field('width').waitFor();
}

const field = (name: string) => page.locator(`[data-test-id="parameter-input-${name}"] input`);

/** After the editor's small movements have come to rest. */
async function image(name: string): Promise<void> {
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(images, `${name}.png`) });
}

describe("n8n's editor", () => {
  it('finds the node by what people look for', async () => {
    await openCanvas();
    await page.getByTestId('node-creator-plus-button').first().click();
    const search = page.getByTestId('node-creator-search-bar').first();
    for (const words of ['text to image', 'hugging face', 'picture']) {
      await search.fill(words);
      await page.getByText('Make images with your own text-to-image inference endpoint').first().waitFor();
    }
    await image('search');
  });

  it('says that the credential works', async () => {
    await page.goto(credentialPage, { waitUntil: 'domcontentloaded' });
    await field('url').waitFor();
    // Any change makes n8n save and test.
    await field('url').fill(`${endpoint.url}/`);
    await page.getByTestId('credential-save-button').click();
    await page.getByText('Connection tested successfully').first().waitFor();
    await image('credential');
  });

  it('shows the fields of the contract, and the image when the step is executed', async () => {
    await openPanel();
    const panel = await page.getByTestId('ndv').innerText();
    expect(panel).toMatch(
      /Prompt[^]*Negative Prompt[^]*Size[^]*Width[^]*Height[^]*Guidance Scale[^]*Inference Steps[^]*Put Output in Field[^]*Options/,
    );
    await page.getByTestId('node-execute-button').click();
    const binary = page.locator('[data-test-id="radio-button-binary"]');
    await binary.waitFor();
    await binary.click();
    await page.getByTestId('ndv-view-binary-data').first().click();
    const shown = page.locator('[data-test-id="ndv"] img[src*="binary-data"]');
    await shown.waitFor();
    await image('panel');
    expect(await shown.evaluate((element) => element.naturalWidth)).toBe(256);
  });

  it('says what is wrong in the words of the panel', async () => {
    await openPanel();
    await field('width').fill('500');
    await page.keyboard.press('Tab');
    await page.getByTestId('node-execute-button').click();
    await page
      .getByText(/^Width must be .* got 500\. The nearest valid value is 496 or 504\.$/)
      .first()
      .waitFor();
    await image('problem');
  });

  it('asked nothing outside this machine', () => {
    expect([...browser.outside]).toEqual([]);
  });
});
