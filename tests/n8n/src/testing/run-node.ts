import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { createNodeContext, type ContextOptions, type Hint } from './node-context.ts';

export interface NodeRun {
  readonly items: readonly INodeExecutionData[];
  readonly hints: readonly Hint[];
}

export interface LoadedNode {
  readonly description: INodeTypeDescription;
  /** Runs Generate unless the parameters say else. */
  run(options: ContextOptions): Promise<NodeRun>;
}

/** Loads the node out of an unpacked package, as n8n does. */
export function loadNode(directory: string): LoadedNode {
  const { Tintype } = createRequire(join(directory, 'package.json'))('./dist/nodes/Tintype/Tintype.node.js') as {
    Tintype: new () => INodeType;
  };
  const node = new Tintype();
  return {
    description: node.description,
    run: async (options) => {
      const parameters = { resource: 'image', operation: 'generate', ...options.parameters };
      const context = createNodeContext({ ...options, parameters });
      const output = await node.execute?.call(context as unknown as IExecuteFunctions);
      if (!Array.isArray(output)) throw new Error('The node gave no output.');
      return { items: output[0] ?? [], hints: context.hints };
    },
  };
}
