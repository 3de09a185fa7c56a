import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { clipTokenizer } from './clip-tokenizer.ts';
import { ModelError } from './model-error.ts';
import { readJsonFile, type JsonObject } from './read-json-file.ts';

/** CLIP's context, and the length of a prompt wherever a model does not say. */
const clipLength = 77;
/** A prompt is cut to some dozens of tokens anyway; a longer text than this would only cost time. */
const longestRead = 20_000;

export interface TokenizedPrompt {
  /** Exactly as many as the text encoder reads: padded or cut. */
  readonly ids: readonly number[];
  /** Whether there were more tokens than there is room. */
  readonly isCut: boolean;
}

/** Turns a prompt into the fixed number of token ids that a text encoder reads. */
export interface PromptTokenizer {
  readonly maxTokens: number;
  encode(prompt: string): TokenizedPrompt;
}

/**
 * Loads the tokenizer of a model folder from `tokenizer.json`, or from `vocab.json` and `merges.txt`.
 *
 * @param fixedLength - tokens that the text encoder demands, where its input has a fixed length
 */
export async function loadPromptTokenizer(folder: string, fixedLength?: number): Promise<PromptTokenizer> {
  const path = join(folder, 'tokenizer');
  const [config = {}, special = {}, definition] = await Promise.all([
    readJsonFile(join(path, 'tokenizer_config.json')),
    readJsonFile(join(path, 'special_tokens_map.json')),
    readDefinition(path),
  ]);
  const tokenizer = makeTokenizer(path, definition, config);
  const maxTokens = fixedLength ?? contextLength(config['model_max_length']);
  const padToken = tokenText(special['pad_token']) ?? tokenText(config['pad_token']) ?? '<|endoftext|>';
  const padId = tokenizer.token_to_id(padToken);
  if (padId === undefined) {
    throw new ModelError(`The tokenizer in ${path} does not know its own padding token ${padToken}. Fetch it again.`);
  }
  return {
    maxTokens,
    encode(prompt) {
      const { ids } = tokenizer.encode(prompt.slice(0, longestRead));
      if (ids.length <= maxTokens) {
        return { ids: [...ids, ...Array.from({ length: maxTokens - ids.length }, () => padId)], isCut: false };
      }
      // The end token stays, as in transformers.
      return { ids: [...ids.slice(0, maxTokens - 1), ...ids.slice(-1)], isCut: true };
    },
  };
}

async function readDefinition(path: string): Promise<JsonObject> {
  const whole = await readJsonFile(join(path, 'tokenizer.json'));
  if (whole !== undefined) return whole;
  const vocabulary = (await readJsonFile(join(path, 'vocab.json'))) ?? {};
  return clipTokenizer(vocabulary, await readFile(join(path, 'merges.txt'), 'utf8'));
}

function makeTokenizer(path: string, definition: JsonObject, config: JsonObject): Tokenizer {
  try {
    return new Tokenizer(definition, config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError(`The tokenizer in ${path} could not be loaded: ${reason}. Fetch the model again.`);
  }
}

function contextLength(declared: unknown): number {
  // transformers writes 1e30 where it knows no limit.
  return typeof declared === 'number' && declared > 1 && declared <= 1024 ? declared : clipLength;
}

function tokenText(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  if (typeof token !== 'object' || token === null || !('content' in token)) return undefined;
  return typeof token.content === 'string' ? token.content : undefined;
}
