import { createImageClient, type ImageClient, type Transport } from '@tintype/core/portable';
import { sleep, type IExecuteFunctions } from 'n8n-workflow';
import { readWaiting } from '../helpers/waiting.ts';
import { createTransport } from './create-transport.ts';

/**
 * Core's client for one item, over n8n's HTTP helper and n8n's sleep. The helper adds the token.
 *
 * @param options.wrap - changes how requests go out.
 */
export async function createNodeClient(
  context: IExecuteFunctions,
  itemIndex: number,
  options: { readonly wrap?: (transport: Transport) => Transport } = {},
): Promise<ImageClient> {
  const { url, accessToken } = await context.getCredentials<{ url: string; accessToken: string }>(
    'tintypeApi',
    itemIndex,
  );
  const { maxRetries, timeoutMs, waitForColdStart } = readWaiting(context, itemIndex);
  const transport = createTransport(context);
  return createImageClient({
    endpoint: url,
    secrets: [accessToken],
    transport: options.wrap?.(transport) ?? transport,
    sleep: async (ms, signal) => await sleep(ms, signal),
    // One time for all: what the user gives holds for the whole item.
    timeout: { attempt: timeoutMs, total: timeoutMs },
    retry: { max: maxRetries, mayRepeatWork: Math.min(1, maxRetries), waitForColdStart },
  });
}
