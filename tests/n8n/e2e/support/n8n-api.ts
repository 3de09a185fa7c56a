import { setTimeout as sleep } from 'node:timers/promises';

export interface N8nApi {
  readonly cookie: string;
  post(path: string, body: object): Promise<Record<string, unknown>>;
  get(path: string): Promise<unknown>;
}

export const owner = { email: 'owner@example.com', password: 'Tintype-e2e-1' } as const;

/** Sets up the owner of a fresh n8n and speaks to its editor's API as that owner. */
export async function connect(url: string): Promise<N8nApi> {
  const setup = { ...owner, firstName: 'Ada', lastName: 'Owner' };
  // The routes stand a moment after the readiness probe does.
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(`${url}/rest/owner/setup`, json(setup));
    if (response.ok) break;
    if (attempt === 40) throw new Error(`n8n refused its owner: ${response.status} ${await response.text()}`);
    await sleep(250);
  }
  const login = await fetch(`${url}/rest/login`, json({ emailOrLdapLoginId: owner.email, password: owner.password }));
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const read = async (response: Response): Promise<unknown> => {
    const text = await response.text();
    if (!response.ok) throw new Error(`n8n answered ${response.status} to ${response.url}: ${text.slice(0, 500)}`);
    return (JSON.parse(text) as { data: unknown }).data;
  };
  return {
    cookie,
    get: async (path) => await read(await fetch(`${url}${path}`, { headers: { cookie } })),
    post: async (path, body) =>
      (await read(await fetch(`${url}${path}`, json(body, cookie)))) as Record<string, unknown>,
  };
}

function json(body: object, cookie = ''): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify(body) };
}
