import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { readWholeNumber } from './parameter-values.ts';

/** The option as people know it from the HTTP Request node, with defaults for an endpoint that works on one image. */
export const batchingDescription: INodeProperties = {
  displayName: 'Batching',
  name: 'batching',
  placeholder: 'Add Batching',
  type: 'fixedCollection',
  typeOptions: { multipleValues: false },
  default: { batch: {} },
  options: [
    {
      displayName: 'Batching',
      name: 'batch',
      values: [
        {
          displayName: 'Items per Batch',
          name: 'batchSize',
          type: 'number',
          typeOptions: { minValue: -1 },
          default: 1,
          description:
            'How many items are sent to the endpoint at the same time. -1 sends all at once, 0 is treated as 1. An endpoint works on one image per replica.',
        },
        {
          displayName: 'Batch Interval (Ms)',
          name: 'batchInterval',
          type: 'number',
          typeOptions: { minValue: 0 },
          default: 0,
          description: 'Time (in milliseconds) between each batch of requests. 0 for disabled.',
        },
      ],
    },
  ],
};

interface Batching {
  readonly size: number;
  readonly intervalMs: number;
}

/** How the items of this run go out; one after the other unless the option says else. */
export function readBatching(context: IExecuteFunctions, items: number): Batching {
  const size = readWholeNumber(context, 'options.batching.batch.batchSize', 0, {
    label: 'Items per Batch',
    fallback: 1,
    minimum: -1,
  });
  const intervalMs = readWholeNumber(context, 'options.batching.batch.batchInterval', 0, {
    label: 'Batch Interval',
    fallback: 0,
    minimum: 0,
  });
  return { size: size === -1 ? Math.max(1, items) : Math.max(1, size), intervalMs };
}
