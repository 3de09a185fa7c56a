import { updateDisplayOptions, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { timeoutDescription } from '../../helpers/waiting.ts';
import { createNodeClient } from '../../transport/create-node-client.ts';

export const description = updateDisplayOptions({ show: { resource: ['endpoint'], operation: ['wakeUp'] } }, [
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options: [timeoutDescription],
  },
]);

/** Starts a sleeping endpoint and ends when it can be asked for images. Makes no image. */
export async function* execute(this: IExecuteFunctions, itemIndex: number): AsyncGenerator<INodeExecutionData, void> {
  const client = await createNodeClient(this, itemIndex);
  const { status, waitedMs } = await client.waitUntilReady({ signal: this.getExecutionCancelSignal() });
  yield { json: { status: 'ready', ready: true, statusCode: status, waitedMs } };
}
