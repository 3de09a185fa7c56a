import { Response } from '@whatwg-node/fetch';

/** What stands in the editor at the first visit: a picture by one click. */
export const exampleMutation = `# Press play to make a picture;
# its url shows it.
mutation GenerateImage {
  generateImage(input: { prompt: "a red circle on a yellow background" }) {
    ... on Image {
      id
      url
      mediaType
      width
      height
      durationMs
      warnings
    }
    ... on GenerationPending {
      job {
        id
        status
        queuePosition
      }
    }
    ... on Error {
      code
      message
      hint
    }
  }
}
`;

// The page carries all its scripts and styles; with this policy it cannot ask anyone but the gateway.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'unsafe-inline'",
  'worker-src blob:',
  'font-src data:',
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** GraphiQL with all its assets inside, 9 MB, made at the first visit. */
export function createGraphiqlPage(graphqlPath: string): () => Promise<Response> {
  let page: Promise<Uint8Array<ArrayBuffer>> | undefined;
  return async () => {
    page ??= renderPage(graphqlPath);
    return new Response(await page, {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': contentSecurityPolicy,
      },
    });
  };
}

async function renderPage(graphqlPath: string): Promise<Uint8Array<ArrayBuffer>> {
  // 9 MB that only a browser's visit needs.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({ title: 'Tintype', endpoint: graphqlPath, defaultQuery: exampleMutation });
  return new TextEncoder().encode(html);
}

/** Whether a browser asks for a page rather than a program for data. */
export function asksForPage(request: Request): boolean {
  return request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html');
}
