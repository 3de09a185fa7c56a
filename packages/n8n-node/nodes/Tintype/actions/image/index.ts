import type { INodeProperties } from 'n8n-workflow';
import * as generate from './generate.operation.ts';

export { generate };

export const description: INodeProperties[] = [
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['image'] } },
    options: [
      {
        name: 'Generate',
        value: 'generate',
        description: 'Make images from a text',
        action: 'Generate image',
      },
    ],
    default: 'generate',
  },
  ...generate.description,
];
