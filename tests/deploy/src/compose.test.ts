import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCompose } from './compose-file.ts';
import { knownVariables } from './tintype-process.ts';

const variables = { TINTYPE_API_KEYS: 'shop:a-key-of-sixteen-letters' };
const dockerfile = readFileSync(new URL('../../../deploy/Dockerfile', import.meta.url), 'utf8');

type Versions = Readonly<Record<string, string>>;
type Manifest = Partial<Readonly<Record<'dependencies' | 'devDependencies' | 'peerDependencies', Versions>>>;

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(new URL(`../../../${folder}/package.json`, import.meta.url), 'utf8')) as Manifest;
}

describe('deploy/compose.yaml', () => {
  test('sets only variables that tintype serve knows', () => {
    const known = knownVariables();
    const set = Object.values(readCompose(variables).services).flatMap(({ environment = {} }) =>
      Object.keys(environment),
    );
    expect(set.filter((name) => !known.has(name))).toEqual([]);
    expect(set).toContain('TINTYPE_ROLE');
  });

  test('has a gateway and two workers on one Redis, and images where all of them find them', () => {
    const { services, volumes } = readCompose(variables);
    const { gateway, worker } = services;
    expect([gateway?.environment?.['TINTYPE_ROLE'], worker?.environment?.['TINTYPE_ROLE']]).toEqual([
      'gateway',
      'worker',
    ]);
    expect(worker?.deploy?.replicas).toBe(2);
    for (const service of [gateway, worker]) {
      expect(service?.environment?.['TINTYPE_REDIS_URL']).toBe('redis://redis:6379');
      expect(service?.depends_on).toHaveProperty('redis');
      expect(service?.volumes).toEqual(['images:/data']);
    }
    expect(Object.keys(volumes)).toEqual(['images', 'redis']);
  });

  test('keeps what Redis holds, and lets it refuse rather than forget', () => {
    const { command } = readCompose(variables).services['redis'] ?? {};
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
  });

  test('does not start without keys', () => {
    expect(() => readCompose({})).toThrow('TINTYPE_API_KEYS must be set');
  });
});

describe('deploy/Dockerfile', () => {
  test('sets only variables that tintype serve knows', () => {
    const known = knownVariables();
    const named = [...new Set(dockerfile.match(/\bTINTYPE_\w+/g))];
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('installs the engine, and every package that tintype asks for only where it needs it', () => {
    const { dependencies = {} } = manifest('deploy');
    const { peerDependencies = {} } = manifest('packages/cli');
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(Object.keys(peerDependencies)));
    expect(dependencies['onnxruntime-node']).toBe(manifest('packages/endpoint').devDependencies?.['onnxruntime-node']);
    expect(dockerfile).toContain('--filter @tintype/container deploy --prod /app');
  });

  test('runs tintype serve as nobody in particular, and asks it whether it is ready', () => {
    const lines = dockerfile.split('\n');
    expect(lines.indexOf('USER node')).toBeGreaterThan(0);
    expect(lines.indexOf('USER node')).toBeLessThan(lines.indexOf('CMD ["serve"]'));
    expect(dockerfile).toMatch(/HEALTHCHECK[^]*\/ready/);
  });
});
