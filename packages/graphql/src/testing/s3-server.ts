import { once } from 'node:events';
import { mkdtempDisposableSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { afterAll, onTestFinished, vi } from 'vitest';
import type { S3ImageStoreOptions } from '../s3/s3-image-store.ts';

export interface S3Server {
  /** `s3://images/shop`, which is empty. */
  readonly url: string;
  /** How a store reaches it without the environment. */
  readonly options: S3ImageStoreOptions;
  /** Where the server keeps the objects, each as `<key>._S3rver_object`. */
  readonly objects: string;
  /** Every request so far, as `PUT /images/shop/a/….bin`. */
  readonly requests: readonly string[];
  /** Hangs up on the requests for which it is true, from now on. */
  refuse: (request: string) => boolean;
  /** Hangs up on everyone; `start` is for later, at the same port. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** The only credentials that s3rver knows. */
const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } as const;

// s3rver acknowledges an object before its file is open, so the folder has to outlive the test.
const folders: Disposable[] = [];
afterAll(() => {
  for (const folder of folders) folder[Symbol.dispose]();
});

/** A real S3 server with a bucket called `images`, named by the environment; gone when the test ends. */
export async function s3Server(): Promise<S3Server> {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'tintype-s3-'));
  folders.push(folder);
  const directory = folder.path;
  let port = 0;
  let server: Server | undefined;
  const requests: string[] = [];

  async function start(): Promise<void> {
    const s3rver = new S3rver({
      address: '127.0.0.1',
      port,
      silent: true,
      directory,
      configureBuckets: [{ name: 'images', configs: [] }],
    });
    ({ port } = await s3rver.run());
    // What `run` started; the types do not tell.
    server = (s3rver as unknown as { readonly httpServer: Server }).httpServer;
    server.prependListener('request', ({ method, url, socket }: IncomingMessage) => {
      const request = `${method} ${url?.split('?')[0]}`;
      requests.push(request);
      if (s3.refuse(request)) socket.destroy();
    });
  }

  async function stop(): Promise<void> {
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    server = undefined;
    await closed;
  }

  const url = 's3://images/shop';
  const s3 = {
    requests,
    refuse: (_request: string): boolean => false,
    start,
    stop,
    url,
    objects: `${directory}/images`,
  };
  await start();
  const endpoint = `http://127.0.0.1:${port}`;
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await stop();
  });
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  return Object.assign(s3, { options: { url, endpoint, region: 'us-east-1', credentials } });
}
