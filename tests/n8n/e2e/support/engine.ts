import { createRequire } from 'node:module';
import { join } from 'node:path';
import { toolDirectory } from './install-tools.ts';

const load = createRequire(join(toolDirectory('n8n'), 'node_modules/n8n/package.json'));

/** The copy of n8n-workflow that the engine itself uses: its error classes are told by identity. */
export const engineWorkflow: string = join(load.resolve('n8n-workflow/package.json'), '..');

export interface EngineItem {
  readonly json: Readonly<Record<string, unknown>>;
  readonly binary?: Readonly<
    Record<string, { readonly data: string; readonly mimeType: string; readonly fileName: string }>
  >;
  readonly pairedItem?: { readonly item: number };
}

export interface EngineRun {
  readonly status: string;
  /** What the node gave at each output. */
  readonly outputs: readonly (readonly EngineItem[])[];
  readonly error?: {
    readonly message: string;
    readonly description?: string;
    readonly context?: { readonly itemIndex?: number };
  };
}

export interface EngineJob {
  /** The unpacked package. */
  readonly directory: string;
  readonly url: string;
  readonly accessToken: string;
  readonly parameters: object;
  readonly items: readonly object[];
  readonly onError?: string;
  /** Called with the running execution, to stop it. */
  readonly onStart?: (cancel: () => void) => void;
}

interface RunData {
  readonly status: string;
  readonly data: {
    readonly resultData: {
      readonly runData: Readonly<
        Record<
          string,
          readonly { readonly data?: { readonly main: EngineItem[][] }; readonly error?: EngineRun['error'] }[]
        >
      >;
    };
  };
}

interface Engine {
  readonly PackageDirectoryLoader: new (directory: string) => {
    loadAll(): Promise<void>;
    readonly nodeTypes: Readonly<Record<string, { readonly type: unknown }>>;
  };
  readonly WorkflowExecute: new (
    additionalData: object,
    mode: string,
    data: object,
  ) => { processRunExecutionData(workflow: unknown): Promise<RunData> & { cancel(): void } };
  readonly ExecutionLifecycleHooks: new (mode: string, id: string, workflow: object) => object;
  readonly BinaryDataService: new () => { init(): Promise<void> };
  readonly BinaryDataConfig: new () => { mode: string };
}

interface WorkflowModule {
  readonly Workflow: new (options: object) => { getNode(name: string): object };
  readonly createRunExecutionData: (options: object) => object;
}

/** Runs the packed node in n8n's own execution engine: no server, no database, real expressions and real HTTP helper. */
export async function runInEngine(job: EngineJob): Promise<EngineRun> {
  process.env['N8N_USER_FOLDER'] ??= toolDirectory('n8n');
  process.env['N8N_ENCRYPTION_KEY'] ??= 'tintype-end-to-end';
  load('reflect-metadata');
  const engine = load('n8n-core') as Engine;
  const { Workflow, createRunExecutionData } = load('n8n-workflow') as WorkflowModule;
  const { Container } = load('@n8n/di') as { Container: { get<T>(type: new () => T): T } };
  Container.get(engine.BinaryDataConfig).mode = 'default';
  await Container.get(engine.BinaryDataService).init();

  const loader = new engine.PackageDirectoryLoader(job.directory);
  await loader.loadAll();
  const nodeTypes = {
    getByName: (name: string) => nodeTypes.getByNameAndVersion(name),
    getByNameAndVersion: (name: string) => (name === 'start' ? startType : loader.nodeTypes['tintype']?.type),
    getKnownTypes: () => ({}),
  };
  const workflow = new Workflow({
    id: 'w',
    active: false,
    nodeTypes,
    settings: { executionOrder: 'v1' },
    nodes: [
      { id: '1', name: 'Start', type: 'start', typeVersion: 1, position: [0, 0], parameters: {} },
      {
        id: '2',
        name: 'Tintype',
        type: 'n8n-nodes-tintype.tintype',
        typeVersion: 1,
        position: [1, 0],
        parameters: job.parameters,
        credentials: { tintypeApi: { id: 'c', name: 'c' } },
        ...(job.onError === undefined ? {} : { onError: job.onError }),
      },
    ],
    connections: { Start: { main: [[{ node: 'Tintype', type: 'main', index: 0 }]] } },
  });
  const stack = [
    { node: workflow.getNode('Start'), data: { main: [job.items.map((json) => ({ json }))] }, source: null },
  ];
  const execution = new engine.WorkflowExecute(
    additionalData(
      new engine.ExecutionLifecycleHooks('manual', '1', {
        id: 'w',
        name: 'w',
        nodes: [],
        connections: {},
        active: false,
      }),
      job,
    ),
    'manual',
    createRunExecutionData({
      executionData: {
        nodeExecutionStack: stack,
        contextData: {},
        metadata: {},
        waitingExecution: {},
        waitingExecutionSource: {},
      },
    }),
  ).processRunExecutionData(workflow);
  job.onStart?.(() => execution.cancel());
  const run = await execution;
  const [node] = run.data.resultData.runData['Tintype'] ?? [];
  return {
    status: run.status,
    outputs: node?.data?.main ?? [],
    ...(node?.error === undefined ? {} : { error: node.error }),
  };
}

const startType = {
  description: {
    name: 'start',
    displayName: 'Start',
    group: ['trigger'],
    version: 1,
    inputs: [],
    outputs: ['main'],
    properties: [],
    defaults: {},
    description: '',
  },
  async execute(this: { getInputData(): unknown[] }) {
    return [this.getInputData()];
  },
};

/** What the server would give the engine, without a server. */
function additionalData(hooks: object, job: EngineJob): object {
  return {
    hooks,
    executionId: '1',
    credentialsHelper: {
      getParentTypes: () => [],
      isCredentialUsableByNode: () => true,
      preAuthentication: async () => undefined,
      getDecrypted: async () => ({ url: job.url, accessToken: job.accessToken }),
      getCredentialsProperties: () => [],
      authenticate: async (credentials: { accessToken: string }, _: string, request: { headers?: object }) => ({
        ...request,
        headers: { ...request.headers, Authorization: `Bearer ${credentials.accessToken}` },
      }),
    },
    currentNodeParameters: undefined,
    // The engine checks that these are URLs, although nothing asks them here.
    webhookBaseUrl: 'http://127.0.0.1/',
    webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
    formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
    restApiUrl: '',
    instanceBaseUrl: '',
    variables: {},
    encryptionKey: 'tintype-end-to-end',
    userId: 'user',
    setExecutionStatus: () => undefined,
    sendDataToUI: () => undefined,
    logAiEvent: () => undefined,
  };
}
