import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packNode } from '../src/testing/pack-node.ts';
import { copySources, lintPackage, scanPackage } from './support/check-package.ts';
import { toolDirectory } from './support/install-tools.ts';

it('passes n8n-node lint in strict mode', async () => {
  const { passed, report } = await lintPackage();
  expect(passed, report).toBe(true);
  expect(report).not.toMatch(/✖|Strict mode violation/);
});

it("passes the scanner's round over the sources", async () => {
  const { passed, report } = await scanPackage('source', await copySources(join(toolDirectory('scan'), 'workspace')));
  expect(passed, report).toBe(true);
});

it("passes the scanner's round over the published files", async () => {
  await using packed = await packNode();
  const { passed, report } = await scanPackage('published', packed.directory);
  expect(passed, report).toBe(true);
});
