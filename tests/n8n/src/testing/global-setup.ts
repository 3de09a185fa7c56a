import type { TestProject } from 'vitest/node';
import { packNode } from './pack-node.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the unpacked package. */
    readonly packed: string;
  }
}

/** Packs the node once for all files. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const packed = await packNode();
  project.provide('packed', packed.directory);
  return async () => await packed[Symbol.asyncDispose]();
}
