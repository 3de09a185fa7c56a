import { Response } from '@whatwg-node/fetch';

/** What the editor shows at the first visit: one click makes an image. */
export const exampleMutation = `# Press play to make an image;
# its url shows it.
mutation GenerateImage {
  generateImage(input: { prompt: "a fox in the snow at night" }) {
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

// The page holds all its scripts and styles; with this policy it cannot send requests to anyone but the gateway.
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

/** Serves the page, which is made at the first visit and kept: GraphiQL with all its assets has 9 MB. */
export function createGraphiqlPage(render: () => string | Promise<string>): () => Promise<Response> {
  let page: Promise<Uint8Array<ArrayBuffer>> | undefined;
  return async () => {
    page ??= (async () => new TextEncoder().encode(await render()))();
    return new Response(await page, {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': contentSecurityPolicy,
      },
    });
  };
}

/** Whether a browser requests a page rather than a program data. */
export function asksForPage(request: Request): boolean {
  return request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html');
}
