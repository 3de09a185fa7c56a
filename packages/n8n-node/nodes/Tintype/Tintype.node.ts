import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import * as endpoint from './actions/endpoint/index.ts';
import * as image from './actions/image/index.ts';
import { router } from './actions/router.ts';

export class Tintype implements INodeType {
  // n8n's lint and scanner read the description here, in the class.
  description: INodeTypeDescription = {
    displayName: 'Tintype',
    name: 'tintype',
    icon: { light: 'file:../../icons/tintype.svg', dark: 'file:../../icons/tintype.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Make images with your own text-to-image inference endpoint',
    defaults: { name: 'Tintype' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'tintypeApi', required: true }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        options: [
          { name: 'Endpoint', value: 'endpoint' },
          { name: 'Image', value: 'image' },
        ],
        default: 'image',
      },
      ...image.description,
      ...endpoint.description,
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await router.call(this);
  }
}
