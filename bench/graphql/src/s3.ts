// An S3 server with a bucket called `images`.
import { mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { reportTo } from './child-process.ts';

const s3rver = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory: mkdtempSync(join(tmpdir(), 'tintype-bench-s3-')),
  configureBuckets: [{ name: 'images', configs: [] }],
});
const { port } = await s3rver.run();
// Node's default of five seconds would cut connections that the next round takes up again.
(s3rver as unknown as { readonly httpServer: Server }).httpServer.keepAliveTimeout = 120_000;
reportTo(`http://127.0.0.1:${port}`);
