import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The old and the new control groups of Linux (https://docs.kernel.org/admin-guide/cgroup-v2.html). */
const kinds = [
  {
    root: '/sys/fs/cgroup/cpu',
    settings: (us: number) => ({ 'cpu.cfs_quota_us': `${us}`, 'cpu.cfs_period_us': '10000' }),
  },
  { root: '/sys/fs/cgroup', settings: (us: number) => ({ 'cpu.max': `${us} 10000` }) },
] as const;

/**
 * Holds a process to a share of one core, so that servers which would have a machine of their own can be measured side by side
 * on a small one. Answers what lifts it; `undefined` where this system or user cannot.
 */
export function limitCpu(pid: number, share: number): (() => void) | undefined {
  for (const { root, settings } of kinds) {
    if (!existsSync(root)) continue;
    const group = join(root, `tintype-bench-${pid}`);
    try {
      mkdirSync(group, { recursive: true });
      for (const [name, value] of Object.entries(settings(Math.round(share * 10_000))))
        writeFileSync(join(group, name), value);
      writeFileSync(join(group, 'cgroup.procs'), String(pid));
      return () => rmdirSync(group);
    } catch {
      // Another kind, or none.
    }
  }
  return undefined;
}
