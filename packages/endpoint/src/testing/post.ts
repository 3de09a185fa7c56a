/** A request that is as small as it may be and quick to serve. */
export const quickRequest = {
  inputs: 'a red circle on a yellow background',
  height: 128,
  width: 128,
  guidance_scale: 7.5,
  inference_steps: 2,
  seed: 1,
};

/** A request that keeps a model busy for seconds. */
export const longRequest = { ...quickRequest, width: 512, scheduler: 'ddim', inference_steps: 500 };

/** Posts JSON, or a text as it is. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A successful response of the Inference API. */
export interface ImageResponse {
  readonly image: string;
  readonly seed: number | string;
  readonly native_size: { readonly width: number; readonly height: number };
  readonly warnings: readonly string[];
}

export async function draw(url: string, body: unknown): Promise<ImageResponse & { readonly bytes: Buffer }> {
  const response = await post(url, body);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  const parsed = JSON.parse(text) as ImageResponse;
  return { ...parsed, bytes: Buffer.from(parsed.image, 'base64') };
}

/** The message of a failure. */
export async function errorOf(response: Response): Promise<string> {
  const body = (await response.json()) as { readonly error: string };
  return body.error;
}
