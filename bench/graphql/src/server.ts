// One of the servers that are compared: bare Yoga, or the gateway with all it has.
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway, createSqliteJobStore, type GatewayOptions } from '@tintype/graphql';
import { createSchema, createYoga, Repeater } from 'graphql-yoga';
import { reportTo } from './child-process.ts';

const [variant = 'gateway', endpoint = '', concurrency = '16', more = '{}'] = process.argv.slice(2);

/** Options of the gateway that the measurement is about, and whether the jobs have a database beside it. */
type More = Partial<GatewayOptions> & { readonly ownJobs?: boolean };

if (variant === 'gateway') {
  const { ownJobs = false, ...options } = JSON.parse(more) as More;
  const directory = mkdtempSync(join(tmpdir(), 'tintype-bench-'));
  const gateway = createGateway({
    endpoint: { url: endpoint },
    store: directory,
    port: 0,
    concurrency: Number(concurrency),
    queueLimit: 100_000,
    rateLimit: 1_000_000_000,
    apiKeys: [{ name: 'bench', key: 'bench-key-of-the-benchmark' }],
    introspection: true,
    // Where images are in S3, jobs would be in the folder that the benchmark was started in.
    ...(ownJobs ? { jobStore: createSqliteJobStore(join(directory, 'tintype.db')) } : {}),
    ...options,
  });
  const { localUrl } = await gateway.listen();
  reportTo(localUrl);
} else {
  // The same operations, answered with nothing behind them.
  const yoga = createYoga({
    logging: false,
    schema: createSchema({
      typeDefs: /* GraphQL */ `
        type NotFoundError {
          code: String!
          message: String!
        }
        type Job {
          id: ID!
          status: String!
          queuePosition: Int
        }
        union CancelJobResult = Job | NotFoundError
        type Query {
          hello: String
        }
        type Mutation {
          cancelJob(id: ID!): CancelJobResult!
        }
        type Subscription {
          jobUpdated(id: ID!): Job!
        }
      `,
      resolvers: {
        Mutation: {
          cancelJob: () => ({
            __typename: 'NotFoundError',
            code: 'NOT_FOUND',
            message: 'There is no job with this id.',
          }),
        },
        Subscription: {
          jobUpdated: {
            subscribe: (_: unknown, { id }: { readonly id: string }) =>
              new Repeater(async (push, stop) => {
                await push({ jobUpdated: { id, status: 'RUNNING', queuePosition: null } });
                await stop;
              }),
          },
        },
      },
    }),
  });
  const server = createServer((request, response) => void yoga(request, response));
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1', () => reportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
}
