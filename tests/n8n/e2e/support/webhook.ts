import { setTimeout as sleep } from 'node:timers/promises';
import type { N8nApi } from './n8n-api.ts';
import type { N8nServer } from './n8n-profile.ts';
import { workflow, type WorkflowNode } from './workflow.ts';

/** A webhook that takes a POST; `responseNode` leaves the answer to a Respond to Webhook node. */
export function webhookNode(
  path: string,
  responseMode: 'responseNode' | 'lastNode' = 'responseNode',
  more: object = {},
): WorkflowNode {
  return {
    name: 'Webhook',
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2,
    webhookId: path,
    parameters: { httpMethod: 'POST', path, responseMode, options: {}, ...more },
  };
}

export interface WebhookWorkflow {
  readonly path: string;
  readonly credential: { readonly id: string; readonly name: string };
  readonly nodes: readonly WorkflowNode[];
}

/** Creates the workflow, switches it on, and waits until its address answers. */
export async function activateWebhook(
  api: N8nApi,
  server: N8nServer,
  { path, credential, nodes }: WebhookWorkflow,
): Promise<string> {
  const { id: _, ...content } = workflow(path, nodes, credential);
  return await activate(api, server, { path, content });
}

/** The same with a whole workflow, whose webhook has this path. */
export async function activate(
  api: N8nApi,
  server: N8nServer,
  { path, content }: { readonly path: string; readonly content: object },
): Promise<string> {
  const created = await api.post('/rest/workflows', content);
  await api.post(`/rest/workflows/${String(created['id'])}/activate`, { versionId: created['versionId'] });
  const url = `${server.url}/webhook/${path}`;
  // n8n registers the address a moment after it says so. A GET is no method of the webhook's: it runs nothing.
  while (!(await (await fetch(url)).text()).includes('is not registered for GET requests')) await sleep(100);
  return url;
}
