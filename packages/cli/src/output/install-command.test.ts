import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/run-cli.ts';
import { installCommand } from './install-command.ts';

const packages = ['ioredis@6', 'bullmq@6'];

it('installs packages where this program finds them', async () => {
  await using folder = await temporaryFolder();
  const at = (...names: readonly string[]): string =>
    installCommand(packages, join(folder.path, ...names, 'node_modules', 'tintype', 'dist'));
  expect(at('lib')).toBe('npm install -g ioredis@6 bullmq@6');
  expect(at('.npm', '_npx', '0123456789abcdef')).toBe('npx -p tintype -p ioredis@6 -p bullmq@6 tintype serve');
  await writeFile(join(folder.path, 'package.json'), '{}');
  expect(at()).toBe('npm install ioredis@6 bullmq@6');
  expect(installCommand(packages, join(folder.path, 'packages', 'cli', 'src'))).toBe('npm install ioredis@6 bullmq@6');
});
