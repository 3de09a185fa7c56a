import type { LocalEndpoint } from './local-endpoint.ts';

/**
 * Settles when the signal aborts.
 *
 * @throws EngineError if the local endpoint can no longer make images
 */
export async function untilStopped(signal: AbortSignal, local?: LocalEndpoint): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await (local === undefined ? stopped : Promise.race([stopped, local.failed]));
}
