// Makes an image and has a request refused through @tintype/graphql, beside the app's own `graphql`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createGateway, type Gateway } from '@tintype/graphql';
import { graphql, printSchema, version, type GraphQLSchema } from 'graphql';

interface Answer {
  readonly data?: { readonly generateImage: { readonly url: string; readonly width: number } };
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const gateway: Gateway = createGateway({
  endpoint: { url: process.argv[2] ?? '' },
  port: 0,
  introspection: false,
});
// The app's own `graphql` reads the schema: both come from one copy of it.
const schema: GraphQLSchema = gateway.schema;
const { url } = await gateway.listen();

const made = await query(`mutation {
  generateImage(input: { prompt: "a red circle", width: 128, height: 128, inferenceSteps: 2 }) {
    ... on Image { url width }
    ... on Error { code message }
  }
}`);
const image = await fetch(made.body.data?.generateImage.url ?? '');
const refused = await query('{ jobs(first: 999) { edges { node { id } } } }');
const hidden = await query('{ __schema { types { name } } }');
const schemaFile = await readFile(fileURLToPath(import.meta.resolve('@tintype/graphql/schema.graphql')), 'utf8');
const direct = await graphql({ schema, source: '{ __typename }' });

process.stdout.write(
  JSON.stringify({
    graphql: version,
    width: made.body.data?.generateImage.width,
    mediaType: image.headers.get('content-type'),
    hasBytes: (await image.arrayBuffer()).byteLength > 0,
    refused,
    hidden,
    direct,
    hasSchemaFile: schemaFile.includes('type Mutation'),
    isSchemaPrinted: printSchema(schema).includes('type Image '),
  }),
);
await gateway.close();

async function query(text: string): Promise<{ readonly status: number; readonly body: Answer }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: text }),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}
