import type { Dispatcher } from 'undici';
import { assembleClient, type ImageClient } from '../../client/client.ts';
import { callConcurrency, type CallOverrides, type CommonClientOptions, timeouts } from '../../client/options.ts';
import type { ImageRequest } from '../../contract/image-request.ts';
import { alarm } from './alarm.ts';
import { nodeBytes } from './node-bytes.ts';
import { PagePool } from './page-pool.ts';
import type { SavedImage, saveImage as SaveImage } from './save-image.ts';
import { sleep } from './sleep.ts';
import { traced } from './traced.ts';
import { undiciExchange } from './undici-exchange.ts';

const { timeOrigin } = performance;

/** What the Node client is made of. */
export interface ImageClientOptions extends CommonClientOptions {
  /**
   * Any undici dispatcher: `EnvHttpProxyAgent`, `ProxyAgent`, an `Agent` with client certificates, a `MockAgent`. It keeps
   * its own timeouts, and is not closed by the client.
   * @default an agent of the client's own
   */
  readonly dispatcher?: Dispatcher | undefined;
}

/** The client of Node: images also to files, and connections that can be closed. */
export interface NodeImageClient extends ImageClient, AsyncDisposable {
  /**
   * Makes one image and writes it to a file as it arrives, by a temporary file beside it that is renamed when the
   * image is whole. The folder must be there; that is found out before anything is sent.
   *
   * @throws {ImageError} as `generate` does; a file system's own error where the file cannot be written. Where the image
   * is whole and cannot be moved to its place, as where a folder stands there, the message says where it is.
   * @example
   * const saved = await client.save({ prompt: 'a red fox' }, 'fox.png');
   * saved.byteLength;
   */
  save(request: ImageRequest, path: string, options?: CallOverrides): Promise<SavedImage>;
  /** Closes the connections once the calls under way are done. */
  close(): Promise<void>;
}

/**
 * Makes a client for one endpoint.
 *
 * @throws {ImageError} `invalid_request` where the endpoint's URL or the token cannot be one.
 * @example
 * const client = createImageClient({ endpoint: 'https://abc123.endpoints.huggingface.cloud', token: 'hf_…' });
 * const image = await client.generate({ prompt: 'a red fox' });
 */
export function createImageClient(options: ImageClientOptions): NodeImageClient {
  const transport = undiciExchange({
    dispatcher: options.dispatcher,
    connections: callConcurrency(options.concurrency),
    connectTimeoutMs: timeouts(options.timeout).connect,
  });
  const { client, run } = assembleClient(options, {
    exchange: transport.exchange,
    ownsChunks: transport.ownsChunks,
    tools: nodeBytes,
    sleep,
    alarm,
    // Goes forward only, whatever is done to the machine's clock meanwhile.
    now: () => Math.round(timeOrigin + performance.now()),
    random: Math.random,
    trace: traced,
  });
  const pages = new PagePool();
  let saving: Promise<{ readonly saveImage: typeof SaveImage }> | undefined;
  const close = async (): Promise<void> => transport.close();
  return {
    ...client,
    save: async (request, path, overrides = {}) => {
      // Only a program that saves needs the modules for files and random names, which cost milliseconds to load.
      saving ??= import('./save-image.ts');
      const { saveImage } = await saving;
      return saveImage({ path, pages, run: async (sink) => run(request, overrides, sink) });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
