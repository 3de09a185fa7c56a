import { installTool } from './install-tools.ts';

/** Runs once before the first file; minutes on a fresh machine, nothing where the tools are there already. */
export async function setup(): Promise<void> {
  await Promise.all([installTool('n8n'), installTool('lint').then(async () => await installTool('scan'))]);
}
