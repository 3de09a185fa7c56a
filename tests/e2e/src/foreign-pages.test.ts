import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserOptions } from './browser-options.ts';
import { start, type Running } from './product.ts';

const body = { inputs: 'a red circle', height: 64, width: 64, guidance_scale: 1, inference_steps: 1 };

describe.each(['endpoint', 'serve'] as const)('tintype %s, and a page that is not its own', (command) => {
  let running: Running;
  let browser: Browser;
  let page: Page;
  let port: string;
  const pages = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Any page</title>');
  });

  beforeAll(async () => {
    running = await start(command);
    ({ port } = new URL(running.url));
    // Held until the model is loaded.
    await fetch(`${running.url}/health`, { headers: { 'x-scale-up-timeout': '60' } });
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    // The page's own domain leads to this machine, as in DNS rebinding.
    const args = [...browserOptions.args, '--host-resolver-rules=MAP evil.example 127.0.0.1'];
    browser = await chromium.launch({ ...browserOptions, args });
    page = await browser.newPage();
  });

  afterAll(async () => {
    await browser.close();
    pages.close();
    await running[Symbol.asyncDispose]();
  });

  /** The status that the server had for the page's request, which the page itself does not get to see. */
  async function statusFor(from: string, act: (page: Page, target: string) => Promise<unknown>): Promise<number> {
    await page.goto(from);
    const target = `${running.url}/predict`;
    const [response] = await Promise.all([page.waitForResponse(target), act(page, target)]);
    return response.status();
  }

  it.each(['evil.example', 'localhost', '127.0.0.1'])('at %s cannot make it draw', async (name) => {
    const from = `http://${name}:${(pages.address() as AddressInfo).port}/`;
    const byText = async (open: Page, target: string): Promise<unknown> =>
      open.evaluate(
        async ([url, text]) => fetch(url, { method: 'POST', mode: 'no-cors', body: text }).then(({ type }) => type),
        [target, JSON.stringify(body)] as const,
      );
    const byForm = async (open: Page, target: string): Promise<unknown> =>
      open.setContent(
        `<form method="post" enctype="text/plain" action="${target}"><input name="{&quot;inputs&quot;"></form><script>document.forms[0].submit()</script>`,
      );
    expect(await statusFor(from, byText)).toBe(403);
    expect(await statusFor(from, byForm)).toBe(403);
    await page.goto(from);
    const readable = page.evaluate(
      async ([url, text]) =>
        fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text })
          .then(() => 'read')
          .catch(() => 'not read'),
      [`${running.url}/predict`, JSON.stringify(body)] as const,
    );
    expect(await readable).toBe('not read');
  });

  it('whose domain leads to this machine gets nothing, though it is of the same origin', async () => {
    const response = await page.goto(`http://evil.example:${port}/health`);
    expect(response?.status()).toBe(403);
    const status = await page.evaluate(
      async (text) =>
        fetch('/predict', { method: 'POST', headers: { 'content-type': 'application/json' }, body: text }).then(
          (got) => got.status,
        ),
      JSON.stringify(body),
    );
    expect(status).toBe(403);
  });

  it('is told from one that is its own', async () => {
    await page.goto(`http://localhost:${port}/health`);
    const status = await page.evaluate(
      async (text) =>
        fetch('/predict', { method: 'POST', headers: { 'content-type': 'application/json' }, body: text }).then(
          (got) => got.status,
        ),
      JSON.stringify(body),
    );
    expect(status).toBe(200);
  });
});
