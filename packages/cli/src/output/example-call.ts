const mutation =
  'mutation { generateImage(input: { prompt: "a fox in the snow at night" }) { ... on Image { url width height warnings } ... on Error { message hint } } }';

/** A call that can be pasted into a shell. */
export function exampleCall(url: string, { needsKey }: { readonly needsKey: boolean }): string {
  const key = needsKey ? " -H 'authorization: Bearer <key>'" : '';
  return `  curl -s ${url}/graphql -H 'content-type: application/json'${key} \\\n    -d '${JSON.stringify({ query: mutation })}'`;
}
