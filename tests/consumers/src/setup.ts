import { createEndpoint } from '@tintype/endpoint';
import type { TestProject } from 'vitest/node';
import { publishWorkspace, startRegistry, type LocalRegistry } from './local-registry.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly registry: LocalRegistry;
    /** The names of the published packages, in the order in which they were published. */
    readonly published: readonly string[];
    readonly endpointUrl: string;
  }
}

/** What all tests here share: a registry that has the workspace's packages, and an endpoint with the bundled model. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await using stack = new AsyncDisposableStack();
  const registry = stack.use(await startRegistry());
  const { url, folder, env } = registry;
  provide('registry', { url, folder, env });
  provide('published', await publishWorkspace(registry));
  const endpoint = stack.adopt(createEndpoint({ port: 0 }), async (running) => running.close());
  provide('endpointUrl', (await endpoint.listen()).url);
  await endpoint.ready();
  const started = stack.move();
  return async () => started.disposeAsync();
}
