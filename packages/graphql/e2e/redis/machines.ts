import type { GatewayOptions } from '../../src/index.ts';
import { temporaryDirectory, testGateway, type TestGateway } from '../../src/testing/test-gateway.ts';
import type { RedisServer } from './redis-server.ts';

/** Gateways and workers of one deployment, as the tests want them. */
export interface Machines {
  readonly gateway: (options?: Partial<GatewayOptions>) => Promise<TestGateway>;
  readonly worker: (options?: Partial<GatewayOptions>) => Promise<TestGateway>;
}

/** What turns out dead is taken up soon, so that no test has to wait for it. */
export const shortLeaseMs = 1_000;

/** All machines share a Redis and a folder of pictures, and speak to the endpoint at this address. */
export function machinesOn(server: RedisServer, endpoint: string): Machines {
  const store = temporaryDirectory();
  const start =
    (role: 'gateway' | 'worker') =>
    async (options: Partial<GatewayOptions> = {}) => {
      const { url = endpoint, ...rest } = options.endpoint ?? {};
      return testGateway(
        { url, ...rest },
        { redisUrl: server.url, store, lease: shortLeaseMs, rateLimit: 1_000_000, ...options, role },
      );
    };
  return { gateway: start('gateway'), worker: start('worker') };
}
