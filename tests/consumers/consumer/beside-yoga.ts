// An app with a `graphql` and a `graphql-yoga` of its own: sends the gateway, and the gateway's schema in the app's Yoga, what is to
// be answered and what is to be refused.
import { createGateway } from '@tintype/graphql';
import { parse, validate, version } from 'graphql';
import { createYoga } from 'graphql-yoga';

const many = (count: number, field: string): string =>
  Array.from({ length: count }, (_, n) => `a${n}: ${field}`).join(' ');

const operations = {
  good: { query: '{ endpoint { name } }' },
  hidden: { query: '{ __schema { queryType { name } } }' },
  refused: { query: '{ jobs(first: 999) { nodes { id } } }' },
  unknown: { query: '{ endpiont { name } }' },
  aliases: { query: `{ ${many(16, 'endpoint { name }')} }` },
  tokens: { query: `{ ${many(400, '__typename')} }` },
  variable: {
    query: 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { __typename } }',
    variables: { input: { prompt: 'a secret red fox', widht: 64 } },
  },
};

interface GraphqlBody {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

type Fetch = (request: Request) => Response | Promise<Response>;

async function send(handle: Fetch, operation: object) {
  const response = await handle(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operation),
    }),
  );
  const { data, errors } = (await response.json()) as GraphqlBody;
  return { status: response.status, data, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message };
}

async function sendAll(introspection: boolean) {
  const store = `./store-${introspection}`;
  const gateway = createGateway({ endpoint: { url: 'http://127.0.0.1:9' }, store, introspection, log: 'json' });
  const sent = await Promise.all(
    Object.entries(operations).map(async ([name, operation]) => [name, await send(gateway.fetch, operation)] as const),
  );
  const yoga = createYoga({ schema: gateway.schema, logging: false });
  const own = {
    good: await send(async (request) => yoga.fetch(request), { query: '{ __type(name: "Image") { name } }' }),
    unknown: await send(async (request) => yoga.fetch(request), operations.unknown),
    problems: validate(gateway.schema, parse(operations.good.query)).map(({ message }) => message),
  };
  await gateway.close();
  return { ...Object.fromEntries(sent), own };
}

process.stdout.write(
  JSON.stringify({
    version,
    open: await sendAll(true),
    closed: await sendAll(false),
  }),
);
