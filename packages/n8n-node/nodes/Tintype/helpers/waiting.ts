import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { readParameter, readWholeNumber } from './parameter-values.ts';

const defaultMaxRetries = 3;
const defaultTimeout = 900;
const longestTimeout = 86_400;

export const maxRetriesDescription: INodeProperties = {
  displayName: 'Max Retries',
  name: 'maxRetries',
  type: 'number',
  typeOptions: { minValue: 0 },
  default: defaultMaxRetries,
  description:
    'How often to try again when the endpoint cannot be reached, is overloaded or breaks off. 0 sends each request once.',
};

export const timeoutDescription: INodeProperties = {
  displayName: 'Timeout (Seconds)',
  name: 'timeout',
  type: 'number',
  typeOptions: { minValue: 1, maxValue: longestTimeout },
  default: defaultTimeout,
  description: 'How long to wait in all, with waking the endpoint and trying again',
};

export const coldStartDescription: INodeProperties = {
  displayName: 'Wait for a Cold Start',
  name: 'waitForColdStart',
  type: 'boolean',
  default: true,
  description: 'Whether to wake an endpoint that is asleep and wait until it is ready, up to the timeout',
};

export interface Waiting {
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly waitForColdStart: boolean;
}

/** How patient the node is with one item. */
export function readWaiting(context: IExecuteFunctions, itemIndex: number): Waiting {
  const seconds = readWholeNumber(context, 'options.timeout', itemIndex, {
    label: 'Timeout',
    fallback: defaultTimeout,
    minimum: 1,
    maximum: longestTimeout,
  });
  return {
    timeoutMs: seconds * 1000,
    maxRetries: readWholeNumber(context, 'options.maxRetries', itemIndex, {
      label: 'Max Retries',
      fallback: defaultMaxRetries,
      minimum: 0,
    }),
    waitForColdStart: readParameter(context, 'options.waitForColdStart', itemIndex) !== false,
  };
}
