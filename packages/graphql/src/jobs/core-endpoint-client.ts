import { createImageClient, hideAddresses, type ImageClientOptions } from '@tintype/core';
import type { EndpointClient } from './endpoint-client.ts';

/** The endpoint through core's client, whose events become the job's states. */
export function createCoreEndpointClient(options: ImageClientOptions): EndpointClient {
  const client = createImageClient(options);
  const endpoint = String(options.endpoint);
  return {
    async generate(request, { signal, onWaiting, onSending }) {
      return client.generate(request, {
        signal,
        onEvent: (event) => {
          if (event.type === 'sending') onSending();
          if (event.type === 'waiting') onWaiting({ at: event.at, status: event.status, said: event.response });
        },
      });
    },
    hideAddresses: (text) => hideAddresses(text, endpoint),
    async close() {
      await client.close();
    },
  };
}
