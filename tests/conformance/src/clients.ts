import { setTimeout as sleep } from 'node:timers/promises';
import { createImageClient, type CommonClientOptions, type ImageClient } from '@tintype/core';
import { createImageClient as createPortableClient, type Transport } from '@tintype/core/portable';

/** The platform's fetch as a transport, as a browser or an edge worker would have it. */
const fetchTransport: Transport = async ({ url, method, headers, body, signal }) => {
  const answer = await fetch(url, {
    method,
    headers,
    signal,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answer.body ?? new Uint8Array() };
};

export interface ClientUnderTest {
  readonly name: string;
  readonly create: (options: CommonClientOptions) => ImageClient & { readonly close?: () => Promise<void> };
}

/** Every client that has to pass the table. */
export const clientsUnderTest: readonly ClientUnderTest[] = [
  { name: '@tintype/core', create: (options) => createImageClient(options) },
  {
    name: '@tintype/core/portable over fetch',
    create: (options) =>
      createPortableClient({
        ...options,
        transport: fetchTransport,
        sleep: async (ms, signal) => sleep(ms, undefined, { signal }),
      }),
  },
];
