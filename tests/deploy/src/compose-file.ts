import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Environment = Readonly<Record<string, string>>;

/** A service of deploy/compose.yaml, as far as its processes are concerned. */
export interface ComposeService {
  readonly image?: string;
  readonly command?: string;
  readonly environment?: Environment;
  readonly deploy?: { readonly replicas?: number };
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** Reads deploy/compose.yaml with the variables filled in, as Docker does it. */
export function readCompose(variables: Environment): ComposeFile {
  const text = readFileSync(new URL('../../../deploy/compose.yaml', import.meta.url), 'utf8');
  return interpolate(parse(text, { merge: true }), variables) as ComposeFile;
}

/** https://docs.docker.com/reference/compose-file/interpolation/, the two forms that the file uses. */
function interpolate(value: unknown, variables: Environment): unknown {
  if (Array.isArray(value)) return value.map((one) => interpolate(one, variables));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, interpolate(one, variables)]));
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    const given = variables[name] ?? '';
    if (given !== '') return given;
    if (kind === '-') return rest;
    throw new Error(`${name} must be set: ${rest}`);
  });
}
