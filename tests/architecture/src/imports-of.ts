import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** Every module that a source file imports, also by `import()`, re-export and in types. */
export function importsOf(file: string): readonly string[] {
  return importsIn(file, readFileSync(file, 'utf8'));
}

/** The same of a text. */
export function importsIn(file: string, text: string): readonly string[] {
  const { module } = parseSync(file, text);
  const quoted = module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start, end));
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...quoted.map((one) => one.replaceAll(/^['"`]|['"`]$/g, '')),
  ];
}

/** The modules that are loaded when the file is: not those of types, which are gone by then, nor those of `import()`. */
export function importedAtStart(file: string): readonly string[] {
  const { module } = parseSync(file, readFileSync(file, 'utf8'));
  const isType = (entries: readonly { readonly isType: boolean }[]): boolean =>
    entries.length > 0 && entries.every((entry) => entry.isType);
  return module.staticImports.filter(({ entries }) => !isType(entries)).map(({ moduleRequest }) => moduleRequest.value);
}
