import type { ExampleWorkflow } from '../../src/testing/example-workflows.ts';

/** One node of a workflow, wired in a line. */
export interface WorkflowNode {
  readonly name: string;
  readonly type: string;
  readonly typeVersion?: number;
  readonly parameters?: object;
  readonly onError?: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
  readonly webhookId?: string;
  readonly credentials?: object;
}

export const credential = { id: 'tintypeCred00001', name: 'My endpoint' } as const;

/** The credential as `n8n import:credentials` reads it. */
export function credentialFile(url: string, accessToken: string): string {
  return JSON.stringify([{ ...credential, type: 'tintypeApi', data: { url, accessToken } }]);
}

/** A workflow as `n8n import:workflow` reads it, its nodes one after the other. */
export function workflowFile(id: string, nodes: readonly WorkflowNode[]): string {
  return JSON.stringify([workflow(id, nodes)]);
}

export function workflow(
  id: string,
  nodes: readonly WorkflowNode[],
  tintypeApi: { readonly id: string; readonly name: string } = credential,
) {
  return {
    id,
    name: id,
    active: false,
    settings: { executionOrder: 'v1' },
    nodes: nodes.map((node, index) => ({
      typeVersion: 1,
      parameters: {},
      ...node,
      id: `${String(index + 1).repeat(8)}-1111-4111-8111-111111111111`,
      position: [index * 220, 0],
      ...(node.type === tintype ? { credentials: { tintypeApi } } : {}),
    })),
    connections: Object.fromEntries(
      nodes
        .slice(0, -1)
        .map((node, index) => [node.name, { main: [[{ node: nodes[index + 1]?.name, type: 'main', index: 0 }]] }]),
    ),
  };
}

export const tintype = 'n8n-nodes-tintype.tintype';

export const start: WorkflowNode = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

/** An example of the README as `n8n import:workflow` reads it: with the credential that a user would choose. */
export function exampleFile(id: string, example: ExampleWorkflow): string {
  return JSON.stringify([{ ...withCredential(example, credential), id, active: false }]);
}

/** A workflow with this credential in every Tintype node. */
export function withCredential(
  example: ExampleWorkflow,
  tintypeApi: { readonly id: string; readonly name: string },
): ExampleWorkflow {
  const nodes = example.nodes.map((node) => (node.type === tintype ? { ...node, credentials: { tintypeApi } } : node));
  return { ...example, nodes };
}

/** Nodes without code that hand these items on. */
export function itemsNodes(items: readonly object[]): readonly WorkflowNode[] {
  return [
    {
      name: 'Rows',
      type: 'n8n-nodes-base.set',
      typeVersion: 3.4,
      parameters: { mode: 'raw', jsonOutput: JSON.stringify({ rows: items }) },
    },
    { name: 'Items', type: 'n8n-nodes-base.splitOut', parameters: { fieldToSplitOut: 'rows' } },
  ];
}

/** Makes images with the packed node. */
export function generateNode(parameters: object, rest: Partial<WorkflowNode> = {}): WorkflowNode {
  return {
    name: 'Tintype',
    type: tintype,
    parameters: { resource: 'image', operation: 'generate', ...parameters },
    ...rest,
  };
}
