import type { ResolvedRequest } from '../contract/image-request.ts';
import type { ImagePlace } from '../decode/json-path.ts';
import type { ResponseCause } from '../retry/response-cause.ts';

/** One kind of upstream: how a request to it is written, and what its responses mean. A new one is a file and a line in `index.ts`. */
export interface Protocol {
  readonly name: string;
  /** Whether requests have to name a model. */
  readonly needsModel: boolean;
  /** The `Accept` header. */
  readonly accept: string;
  /** Where JSON may hold the image; an image that is the whole body is read whatever the protocol. */
  readonly imagePlaces: readonly ImagePlace[];
  /** What the codes in its errors (`error.code`) mean, where the status says less. */
  readonly causes: Readonly<Partial<Record<string, ResponseCause>>>;
  /** Where requests are POSTed, from the URL that the client was given. */
  requestUrl(endpoint: URL): URL;
  /** The route that tells whether the endpoint is ready, at no cost; `undefined` where the protocol has none. */
  healthUrl(endpoint: URL): URL | undefined;
  /** The request's JSON. */
  body(request: ResolvedRequest, model: string | undefined): object;
}

/** The places that handlers commonly use. All protocols read them: what was paid for is not lost to a detail. */
export const commonPlaces: readonly ImagePlace[] = [
  ['image'],
  ['images', 0],
  ['data', 0, 'b64_json'],
  [0, 'image'],
  // The document is a string.
  [],
];

/** The health route of the Inference API: beside `/predict` where the URL names that, below the URL otherwise. */
export function healthBeside(endpoint: URL): URL {
  const url = new URL(endpoint);
  url.search = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '').replace(/\/predict$/, '')}/health`;
  return url;
}
