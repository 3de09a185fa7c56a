import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodePackage } from './pack-node.ts';

export interface ExampleWorkflow {
  readonly name: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly type: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  }[];
  readonly connections: object;
  readonly settings: object;
}

const directory = join(nodePackage, 'examples');

/** The file names of the workflows that the README offers. */
export async function exampleNames(): Promise<readonly string[]> {
  return (await readdir(directory)).toSorted();
}

export async function readExample(name: string): Promise<ExampleWorkflow> {
  return JSON.parse(await readFile(join(directory, name), 'utf8')) as ExampleWorkflow;
}
