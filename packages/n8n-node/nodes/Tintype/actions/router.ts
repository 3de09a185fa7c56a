import { NodeOperationError, sleep, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { readBatching } from '../helpers/batching.ts';
import { errorFacts, nodeErrorOf } from '../helpers/node-error.ts';
import * as endpoint from './endpoint/index.ts';
import * as image from './image/index.ts';
import type { Operation } from './operation.ts';

const operations: Readonly<Record<string, Readonly<Record<string, Pick<Operation, 'execute'>>>>> = {
  image: { generate: image.generate },
  endpoint: { checkStatus: endpoint.checkStatus, wakeUp: endpoint.wakeUp },
};

/** Runs the chosen operation for every item, a batch at a time; pairing, failures and hints are handled here, once. */
export async function router(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const resource = this.getNodeParameter('resource', 0);
  const operation = this.getNodeParameter('operation', 0);
  const chosen = operations[resource]?.[operation];
  if (chosen === undefined) {
    throw new NodeOperationError(this.getNode(), `The node has no operation "${operation}" for "${resource}".`, {
      description: 'Choose an operation in the Tintype node.',
    });
  }

  const items = this.getInputData();
  const batching = readBatching(this, items.length);
  const cancel = this.getExecutionCancelSignal();
  const output: INodeExecutionData[] = [];
  for (let first = 0; first < items.length; first += batching.size) {
    if (first > 0 && batching.intervalMs > 0) await sleep(batching.intervalMs, cancel).catch(() => undefined);
    // A stopped execution ends with what there is. An error would make n8n call it failed, and drop finished images.
    if (cancel?.aborted === true) break;
    const batch = items.slice(first, first + batching.size);
    // All of a batch is awaited before the first failure is thrown, so that nothing runs on behind n8n's back.
    const results = await Promise.allSettled(batch.map(async (_, place) => await runItem(this, chosen, first + place)));
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      output.push(...result.value);
    }
  }
  // Items mostly share their warnings.
  for (const message of new Set(output.flatMap(warningsOf)))
    this.addExecutionHints({ message, location: 'outputPane' });
  return [output];
}

function warningsOf({ json: { warnings } }: INodeExecutionData): readonly string[] {
  return Array.isArray(warnings) ? warnings.map(String) : [];
}

async function runItem(
  context: IExecuteFunctions,
  operation: Pick<Operation, 'execute'>,
  itemIndex: number,
): Promise<INodeExecutionData[]> {
  const output: INodeExecutionData[] = [];
  const pairedItem = { item: itemIndex };
  try {
    for await (const data of operation.execute.call(context, itemIndex)) output.push({ ...data, pairedItem });
  } catch (error) {
    if (context.getExecutionCancelSignal()?.aborted === true) return output;
    const nodeError = nodeErrorOf(context, error, itemIndex);
    if (!context.continueOnFail()) throw nodeError;
    output.push({ json: { ...errorFacts(nodeError, error) }, pairedItem });
  }
  return output;
}
