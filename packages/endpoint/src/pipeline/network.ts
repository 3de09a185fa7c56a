import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelError } from './model-error.ts';
import type { Runtime } from './runtime.ts';

/** An array of numbers with its shape, in the types that this code computes with. */
export interface Values {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** What a network declares about one input. A dimension is a number where it is fixed, a name where it is free. */
export interface InputDeclaration {
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/**
 * One ONNX network. It takes and gives 32-bit floats; what the file itself wants (16-bit floats, 32- or 64-bit integers)
 * is converted on the way in and out.
 */
export class Network {
  readonly #session: InferenceSession;
  readonly #runtime: Runtime;
  readonly #inputs: ReadonlyMap<string, InputDeclaration>;
  readonly #file: string;

  private constructor(options: {
    readonly session: InferenceSession;
    readonly runtime: Runtime;
    readonly file: string;
  }) {
    this.#session = options.session;
    this.#runtime = options.runtime;
    this.#file = options.file;
    this.#inputs = new Map(
      options.session.inputMetadata.flatMap((input) =>
        input.isTensor ? [[input.name, { type: input.type, shape: input.shape }] as const] : [],
      ),
    );
  }

  /**
   * Loads a network from its file; weights beside the file are found by the runtime.
   *
   * @param threads - processor threads for one operation; 0 leaves it to the runtime
   * @throws ModelError where the file is damaged
   */
  static async load(options: {
    readonly file: string;
    readonly runtime: Runtime;
    readonly threads: number;
  }): Promise<Network> {
    const { file, runtime, threads } = options;
    const settings: InferenceSession.SessionOptions = {
      graphOptimizationLevel: 'all',
      interOpNumThreads: 1,
      ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
      // Waiting threads would otherwise burn the processor that the rest of the machine needs.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      // What goes wrong is thrown; it need not be printed as well.
      logSeverityLevel: 4,
    };
    try {
      const session = await createSession({ file, runtime, settings });
      return new Network({ session, runtime, file });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ModelError(`${file} could not be loaded: ${reason} Fetch or export the model again.`);
    }
  }

  /** What the network declares about an input, or `undefined` where it has none of that name. */
  input(name: string): InputDeclaration | undefined {
    return this.#inputs.get(name);
  }

  /** Runs the network on the inputs it has; the answer is its hidden states where it has those, or its first output. */
  async run(inputs: Readonly<Record<string, Values>>): Promise<Values> {
    const feeds: Record<string, Tensor> = {};
    for (const [name, declaration] of this.#inputs) {
      const values = inputs[name];
      if (values === undefined) {
        const part = basename(dirname(this.#file));
        throw new ModelError(
          `The ${part} wants an input ${name}, which a text-to-image model of a known kind has not.`,
        );
      }
      feeds[name] = this.#tensor(declaration.type, values);
    }
    const names = this.#session.outputNames;
    const answer = names.includes('last_hidden_state') ? 'last_hidden_state' : (names[0] ?? '');
    const output = (await this.#session.run(feeds, [answer]))[answer];
    if (output === undefined) throw new ModelError(`${this.#file} gave no output.`);
    return { data: toFloat32(output.data), dims: output.dims };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  #tensor(type: string, { data, dims }: Values): Tensor {
    const { Tensor: Tensors } = this.#runtime;
    switch (type) {
      case 'float32':
        return new Tensors('float32', data, dims);
      case 'float16':
        return new Tensors('float16', new Uint16Array(new Float16Array(data).buffer), dims);
      case 'float64':
        return new Tensors('float64', new Float64Array(data), dims);
      case 'int32':
        return new Tensors('int32', Int32Array.from(data, Math.round), dims);
      case 'int64':
        return new Tensors(
          'int64',
          BigInt64Array.from(data, (value) => BigInt(Math.round(value))),
          dims,
        );
      default:
        throw new ModelError(`${this.#file} wants an input of type ${type}; floats and whole numbers can be given.`);
    }
  }
}

async function createSession(options: {
  readonly file: string;
  readonly runtime: Runtime;
  readonly settings: InferenceSession.SessionOptions;
}): Promise<InferenceSession> {
  const { file, runtime, settings } = options;
  if (runtime.name === 'onnxruntime-node') return runtime.InferenceSession.create(file, settings);
  // WebAssembly sees no disk: it is handed the file, and those beside it, which hold the weights of large models.
  const folder = dirname(file);
  const beside = (await readdir(folder)).filter((name) => name !== basename(file) && !name.endsWith('.json'));
  const externalData = await Promise.all(
    beside.map(async (path) => ({ path, data: await readFile(join(folder, path)) })),
  );
  return runtime.InferenceSession.create(await readFile(file), { ...settings, externalData });
}

function toFloat32(data: Tensor['data']): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array || data instanceof Float16Array) return new Float32Array(data);
  // Runtimes without a 16-bit float array hand out the raw bits.
  if (data instanceof Uint16Array) return new Float32Array(new Float16Array(data.buffer, data.byteOffset, data.length));
  throw new ModelError('The network gave something other than floats.');
}
