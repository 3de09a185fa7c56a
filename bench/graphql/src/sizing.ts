// Prints what one gateway carries, for docs/guides/sizing.md: images by URL from each place, and jobs through each store.
import { request } from 'undici';
import { startServer, type BenchServer } from './child-process.ts';
import { askGraphql, inParallel, median } from './load.ts';

const rounds = 3;
const callers = 16;
const imageBytes = 1_500_000;

const s3 = await startServer(new URL('./s3.ts', import.meta.url));
Object.assign(process.env, {
  AWS_ENDPOINT_URL: s3.url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'S3RVER',
  AWS_SECRET_ACCESS_KEY: 'S3RVER',
});
const inS3 = { store: 's3://images/bench', ownJobs: true };

async function gateway(endpoint: BenchServer, options: object): Promise<BenchServer> {
  return startServer(new URL('./server.ts', import.meta.url), 'gateway', endpoint.url, '16', JSON.stringify(options));
}

/** Does the same so many times in each round; prints the middle rate and the server's CPU time for one. */
async function report(what: string, server: BenchServer, times: number, work: () => Promise<unknown>): Promise<void> {
  const [rates, costs]: [number[], number[]] = [[], []];
  // The first round warms up.
  for (let round = -1; round < rounds; round += 1) {
    const before = await server.cpuMs();
    const { totalMs } = await inParallel({ times, concurrency: callers, work });
    if (round < 0) continue;
    rates.push((times / totalMs) * 1_000);
    costs.push(((await server.cpuMs()) - before) / times);
  }
  const memory = (await server.residentBytes()) / 1e6;
  const cost = median(costs);
  process.stdout.write(
    `${what.padEnd(46)} ${median(rates).toFixed(0).padStart(6)}/s  ${cost.toFixed(2).padStart(6)} ms CPU  ${(1_000 / cost).toFixed(0).padStart(6)}/s a core  ${memory.toFixed(0).padStart(5)} MB\n`,
  );
}

const ask = async (server: BenchServer): Promise<string> => {
  const { generateImage } = await askGraphql<{ readonly generateImage: { readonly url?: string } }>(
    server.url,
    'mutation { generateImage(input: { prompt: "x" }) { ... on Image { url } } }',
  );
  if (generateImage.url === undefined) throw new Error('There was no image.');
  return generateImage.url;
};

const large = await startServer(new URL('./endpoint.ts', import.meta.url), String(imageBytes));
for (const [what, options, status, times] of [
  ['1.5 MB by URL, held in memory', {}, 200, 480],
  ['1.5 MB by URL, from disk each time', { memoryForImages: 0 }, 200, 320],
  ['1.5 MB by URL, from S3 each time', { ...inS3, memoryForImages: 0 }, 200, 160],
  ['1.5 MB by URL, sent to S3 (302)', { ...inS3, serveImages: 'redirect' }, 302, 3_200],
] as const) {
  const server = await gateway(large, options);
  const url = await ask(server);
  await report(what, server, times, async () => {
    const { statusCode, body } = await request(url);
    const { byteLength } = await body.arrayBuffer();
    if (statusCode !== status || (status === 200 && byteLength < imageBytes)) throw new Error(`${statusCode} came.`);
  });
  server.stop();
}
large.stop();

const small = await startServer(new URL('./endpoint.ts', import.meta.url), '20000');
for (const [what, options] of [
  ['jobs, SQLite and disk', {}],
  ['jobs, SQLite and S3', inS3],
] as const) {
  const server = await gateway(small, options);
  await report(`${what}, images of 20 kB`, server, 480, async () => ask(server));
  server.stop();
}
small.stop();
s3.stop();
