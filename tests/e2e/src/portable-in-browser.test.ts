import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { browserOptions } from './browser-options.ts';

/** What a page would do: the platform's own fetch and timers, injected. */
const page = `
import { createImageClient } from '@tintype/core/portable';
globalThis.draw = async (endpoint) => {
  const events = [];
  const client = createImageClient({
    endpoint,
    transport: async ({ url, method, headers, body, signal }) => {
      const answer = await fetch(url, { method, headers, body, signal });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: new Uint8Array(await answer.arrayBuffer()) };
    },
    sleep: (ms, signal) => new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
    }),
    onEvent: (event) => events.push(event.type),
  });
  const image = await client.generate({ prompt: 'x', width: 8, height: 8 });
  const element = new Image();
  element.src = image.dataUrl();
  await element.decode();
  return { width: element.naturalWidth, mediaType: image.mediaType, events };
};
`;
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC';

it('the portable client makes an image in a browser, cold start included', async () => {
  const bundle = await build({
    stdin: { contents: page, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
  });
  const script = bundle.outputFiles[0]?.text ?? '';
  let posts = 0;
  const server = createServer((request, response) => {
    if (request.url === '/') {
      if (request.method === 'GET') {
        response.setHeader('content-type', 'text/html').end(`<!doctype html><script>${script}</script>`);
        return;
      }
      posts += 1;
      if (posts === 1) response.writeHead(503).end();
      else response.end(JSON.stringify({ image: image }));
      return;
    }
    response.end('Ok');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await chromium.launch(browserOptions);
  try {
    const tab = await browser.newPage();
    // As text: an error's stack names the page, which vitest would read as a file.
    const complaints: string[] = [];
    tab.on('pageerror', (error) => complaints.push(error.message));
    await tab.goto(url);
    const drawn: unknown = await tab.evaluate(`draw(${JSON.stringify(url)}).catch((error) => String(error))`);
    expect(complaints).toEqual([]);
    expect(drawn).toEqual({
      width: 8,
      mediaType: 'image/png',
      events: ['sending', 'waiting', 'repeating', 'sending', 'receiving', 'finished'],
    });
  } finally {
    await browser.close();
    server.close();
  }
});
