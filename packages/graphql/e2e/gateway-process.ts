// A gateway in a process of its own, which the crash test kills. Says its address on stdout when it listens.
import { createGateway } from '../src/index.ts';

const [url = '', store = ''] = process.argv.slice(2);
const gateway = createGateway({
  endpoint: { url },
  store,
  port: 0,
  concurrency: 4,
  queueLimit: 100_000,
  rateLimit: 1_000_000,
});
const { localUrl } = await gateway.listen();
process.stdout.write(`${localUrl}\n`);
