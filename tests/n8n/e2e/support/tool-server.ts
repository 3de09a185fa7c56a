import { setTimeout as sleep } from 'node:timers/promises';
import type { N8nApi } from './n8n-api.ts';
import type { N8nServer } from './n8n-profile.ts';
import type { WorkflowNode } from './workflow.ts';

export interface ToolServer {
  /** Asks as an agent's MCP client does, and returns the `result`. */
  ask(method: string, params: object): Promise<Readonly<Record<string, unknown>>>;
}

/** Offers a node as a tool over n8n's MCP trigger, which hands it what an agent would get, without an agent. */
export async function offerTool(api: N8nApi, server: N8nServer, path: string, tool: WorkflowNode): Promise<ToolServer> {
  const created = await api.post('/rest/workflows', {
    name: path,
    settings: { executionOrder: 'v1' },
    nodes: [
      {
        id: 'trigger',
        name: 'MCP',
        type: '@n8n/n8n-nodes-langchain.mcpTrigger',
        typeVersion: 2,
        position: [0, 0],
        webhookId: path,
        parameters: { path },
      },
      { typeVersion: 1, ...tool, id: 'tool', position: [0, 200] },
    ],
    connections: { [tool.name]: { ai_tool: [[{ node: 'MCP', type: 'ai_tool', index: 0 }]] } },
  });
  await api.post(`/rest/workflows/${String(created['id'])}/activate`, { versionId: created['versionId'] });

  let session: string | null = null;
  let id = 0;
  const send = async (method: string, params: object): Promise<Response> => {
    const response = await fetch(`${server.url}/mcp/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session === null ? {} : { 'mcp-session-id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', method, params, id: (id += 1) }),
    });
    session = response.headers.get('mcp-session-id') ?? session;
    return response;
  };
  const hello = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'tests', version: '1' } };
  // n8n registers the address a moment after it says that the workflow is active.
  while (!(await send('initialize', hello)).ok) await sleep(100);
  return {
    ask: async (method, params) => {
      const text = await (await send(method, params)).text();
      const [, data = ''] = /^data: (.*)$/m.exec(text) ?? [];
      return (JSON.parse(data) as { readonly result: Readonly<Record<string, unknown>> }).result;
    },
  };
}
