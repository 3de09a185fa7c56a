// Makes an image through @tintype/graphql, and reads its schema with the app's own `graphql`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createGateway, type Gateway } from '@tintype/graphql';
import { graphql, printSchema, type GraphQLSchema } from 'graphql';

interface Body {
  readonly data: { readonly generateImage: { readonly url: string; readonly width: number } };
}

const gateway: Gateway = createGateway({
  endpoint: { url: process.argv[2] ?? '' },
  port: 0,
  introspection: false,
});
// The app's own `graphql` reads the schema: both come from one copy of it.
const schema: GraphQLSchema = gateway.schema;
const { url } = await gateway.listen();

const mutation = `mutation {
  generateImage(input: { prompt: "a red circle", width: 128, height: 128, inferenceSteps: 2 }) {
    ... on Image { url width }
  }
}`;
const response = await fetch(`${url}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: mutation }),
});
const { data } = (await response.json()) as Body;
const image = await fetch(data.generateImage.url);
const schemaFile = await readFile(fileURLToPath(import.meta.resolve('@tintype/graphql/schema.graphql')), 'utf8');
const direct = await graphql({ schema, source: '{ __typename }' });

process.stdout.write(
  JSON.stringify({
    width: data.generateImage.width,
    mediaType: image.headers.get('content-type'),
    hasBytes: (await image.arrayBuffer()).byteLength > 0,
    direct,
    hasSchemaFile: schemaFile.includes('type Mutation'),
    isSchemaPrinted: printSchema(schema).includes('type Image '),
  }),
);
await gateway.close();
