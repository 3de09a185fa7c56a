import type { INodeProperties } from 'n8n-workflow';
import * as checkStatus from './check-status.operation.ts';
import * as wakeUp from './wake-up.operation.ts';

export { checkStatus, wakeUp };

export const description: INodeProperties[] = [
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['endpoint'] } },
    options: [
      {
        name: 'Check Status',
        value: 'checkStatus',
        description: 'See whether the endpoint is ready, without waking it',
        action: 'Check endpoint status',
      },
      {
        name: 'Wake Up',
        value: 'wakeUp',
        description: 'Start the endpoint and wait until it is ready',
        action: 'Wake up endpoint',
      },
    ],
    default: 'checkStatus',
  },
  ...wakeUp.description,
];
