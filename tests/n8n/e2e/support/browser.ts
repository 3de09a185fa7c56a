import { createRequire } from 'node:module';
import { join } from 'node:path';
import { toolDirectory } from './install-tools.ts';

/** The little of Playwright's page that the screenshots need. */
export interface Locator {
  click(options?: { readonly force?: boolean }): Promise<void>;
  dblclick(): Promise<void>;
  first(): Locator;
  fill(text: string): Promise<void>;
  waitFor(options?: { readonly timeout?: number; readonly state?: 'visible' | 'attached' }): Promise<void>;
  count(): Promise<number>;
  innerText(): Promise<string>;
  evaluate<Result>(
    read: (element: { readonly naturalWidth: number; readonly complete: boolean }) => Result,
  ): Promise<Result>;
  screenshot(options: { readonly path: string }): Promise<unknown>;
}

export interface Page {
  goto(url: string, options?: { readonly waitUntil?: 'domcontentloaded' }): Promise<unknown>;
  locator(selector: string): Locator;
  getByTestId(id: string): Locator;
  getByText(text: string | RegExp, options?: { readonly exact?: boolean }): Locator;
  getByRole(role: string, options?: { readonly name?: string | RegExp; readonly exact?: boolean }): Locator;
  screenshot(options: { readonly path: string }): Promise<unknown>;
  waitForTimeout(ms: number): Promise<void>;
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  readonly mouse: { move(x: number, y: number): Promise<void>; click(x: number, y: number): Promise<void> };
}

interface Route {
  request(): { url(): string };
  continue(): Promise<void>;
  abort(): Promise<void>;
}

interface Context {
  setDefaultTimeout(ms: number): void;
  newPage(): Promise<Page>;
  addCookies(
    cookies: readonly { readonly name: string; readonly value: string; readonly url: string }[],
  ): Promise<void>;
  route(pattern: string, handle: (route: Route) => Promise<void>): Promise<void>;
}

interface Browser {
  newContext(options: object): Promise<Context>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> };
  readonly selectors: { setTestIdAttribute(name: string): void };
}

export interface EditorBrowser extends AsyncDisposable {
  readonly page: Page;
  /** Hosts beyond this machine that the page tried to reach. */
  readonly outside: ReadonlySet<string>;
}

/** Opens a headless Chromium that can reach this machine only, signed in to n8n's editor. */
export async function openBrowser(url: string, cookie: string): Promise<EditorBrowser> {
  const { chromium, selectors } = createRequire(join(toolDirectory('n8n'), 'package.json'))(
    'playwright-core',
  ) as Playwright;
  selectors.setTestIdAttribute('data-test-id');
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  // The first page of a fresh n8n takes half a minute where two cores are busy.
  context.setDefaultTimeout(120_000);
  const outside = new Set<string>();
  await context.route('**/*', async (route) => {
    const { hostname, protocol } = new URL(route.request().url());
    if (hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:') return await route.continue();
    outside.add(hostname);
    return await route.abort();
  });
  const [name = '', value = ''] = cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url }]);
  return { page: await context.newPage(), outside, [Symbol.asyncDispose]: async () => await browser.close() };
}
