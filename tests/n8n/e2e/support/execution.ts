import type { CommandResult } from './n8n-profile.ts';

export interface ExecutedItem {
  readonly json: Readonly<Record<string, unknown>>;
  readonly binary?: Readonly<Record<string, ExecutedBinary>>;
  readonly pairedItem?: unknown;
}

export interface ExecutedBinary {
  /** Base64 in n8n's `default` mode; a mode's name where the bytes lie elsewhere. */
  readonly data: string;
  readonly id?: string;
  readonly mimeType: string;
  readonly fileName: string;
  readonly fileExtension: string;
  readonly fileSize: string;
}

export interface ExecutedNode {
  readonly executionStatus: string;
  readonly executionTime: number;
  /** In milliseconds since the epoch. */
  readonly startTime: number;
  readonly error?: { readonly message: string; readonly description?: string };
  readonly data?: { readonly main: readonly (readonly ExecutedItem[] | null)[] };
}

/** What `n8n execute --rawOutput` printed between its log lines: every node of the run by its name. */
export function readExecution({ output }: CommandResult): Readonly<Record<string, ExecutedNode>> {
  const from = output.indexOf('{\n');
  const to = output.indexOf('\n}', from);
  if (from === -1 || to === -1) throw new Error(`n8n printed no execution:\n${output.slice(-4000)}`);
  const run = JSON.parse(output.slice(from, to + 2)) as {
    readonly data: { readonly resultData: { readonly runData: Readonly<Record<string, readonly ExecutedNode[]>> } };
  };
  return Object.fromEntries(
    Object.entries(run.data.resultData.runData).flatMap(([name, [first]]) =>
      first === undefined ? [] : [[name, first]],
    ),
  );
}
