import { readExecution, type ExecutedNode } from './execution.ts';
import type { N8nProfile } from './n8n-profile.ts';
import { workflowFile, type WorkflowNode } from './workflow.ts';

export interface WorkflowRun {
  readonly code: number;
  readonly nodes: Readonly<Record<string, ExecutedNode>>;
}

/** Imports a workflow into the profile and executes it, both by n8n's own commands. */
export async function runWorkflow(n8n: N8nProfile, id: string, nodes: readonly WorkflowNode[]): Promise<WorkflowRun> {
  return await runWorkflowFile(n8n, id, workflowFile(id, nodes));
}

/** The same with a workflow's whole text. */
export async function runWorkflowFile(n8n: N8nProfile, id: string, content: string): Promise<WorkflowRun> {
  const file = await n8n.write(`${id}.json`, content);
  const imported = await n8n.run('import:workflow', `--input=${file}`);
  if (imported.code !== 0) throw new Error(`n8n did not import the workflow:\n${imported.output.slice(-4000)}`);
  const executed = await n8n.run('execute', `--id=${id}`, '--rawOutput');
  return { code: executed.code, nodes: readExecution(executed) };
}
