// A gateway or worker in a process of its own, which tests kill. Says its address on stdout when it listens.
import { createGateway, type GatewayOptions } from '../src/index.ts';

const options = JSON.parse(process.argv[2] ?? '') as GatewayOptions;
const gateway = createGateway({ port: 0, queueLimit: 100_000, rateLimit: 1_000_000, ...options });
process.once('SIGTERM', () => {
  void gateway.close().then(() => process.exit(0));
});
const { localUrl } = await gateway.listen();
process.stdout.write(`${localUrl}\n`);
