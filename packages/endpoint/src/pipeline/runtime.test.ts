import * as native from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { loadRuntime, type ImportRuntime } from './runtime.ts';

describe('loadRuntime', () => {
  it('takes the native library where it loads', async () => {
    expect(await loadRuntime()).toMatchObject({ name: 'onnxruntime-node' });
    expect(new Float16Array([1.5])[0]).toBe(1.5);
  });

  it('falls back on WebAssembly where there is no native binary', async () => {
    const load: ImportRuntime = async (name) => {
      if (name === 'onnxruntime-node') throw new Error('Cannot find module ../bin/napi-v6/darwin/x64');
      return native;
    };
    expect(await loadRuntime(load)).toMatchObject({ name: 'onnxruntime-web' });
  });

  it('says what to install where there is neither', async () => {
    const load: ImportRuntime = async (name) => {
      throw new Error(`Cannot find ${name}\nRequire stack: …`);
    };
    await expect(loadRuntime(load)).rejects.toThrow(
      /onnxruntime-node cannot run on this machine \(.*\): Cannot find onnxruntime-node Install onnxruntime-web/,
    );
  });

  it('names the package where it is not installed', async () => {
    const load: ImportRuntime = async (name) => {
      throw new Error(`Cannot find package '${name}' imported from /app/node_modules/@tintype/endpoint/dist/index.js`);
    };
    await expect(loadRuntime(load)).rejects.toThrow(
      'not installed. Install it: npm install --ignore-scripts onnxruntime-node@1.30',
    );
    expect(manifest.devDependencies['onnxruntime-node']).toMatch(/^1\.30\./);
  });
});
