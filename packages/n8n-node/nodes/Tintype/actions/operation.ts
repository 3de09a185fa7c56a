import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

/**
 * One operation of the node: what the panel shows, and what runs for one item.
 *
 * It yields its output as it comes, so that what was made before an image fails is not lost.
 */
export interface Operation {
  readonly description: INodeProperties[];
  execute(this: IExecuteFunctions, itemIndex: number): AsyncGenerator<INodeExecutionData, void>;
}
