import { readFile } from 'node:fs/promises';
import { ModelError } from './model-error.ts';
import { parsePythonJson } from './parse-python-json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The object in a JSON file of a model folder, which Python has written; `undefined` if there is no such file.
 *
 * @throws ModelError if the file cannot be read or holds no object
 */
export async function readJsonFile(path: string): Promise<JsonObject | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new ModelError(`${path} could not be read: ${messageOf(error)}`);
  }
  let value: unknown;
  try {
    value = parsePythonJson(text);
  } catch (error) {
    throw new ModelError(`${path} is not valid JSON: ${messageOf(error)}. Fetch the model again.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ModelError(`${path} must hold a JSON object. Fetch the model again.`);
  }
  return value as JsonObject;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
