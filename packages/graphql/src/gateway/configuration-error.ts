/** The name of an option within a sentence, which each surface writes as its user typed it. */
export interface OptionReference {
  readonly option: string;
}

/** What is wrong with the options, as a sentence. Never holds a key or token. */
export type OptionProblem = readonly (string | OptionReference)[];

/** What a surface calls an option, such as a variable or a flag. */
export type OptionNaming = (option: string) => string;

/** Names an option in an `OptionProblem`. */
export function option(name: string): OptionReference {
  return { option: name };
}

/** Writes an `OptionProblem`: a sentence in which options are marked, so that whatever values hold stays as it is. */
export function wrong(
  texts: TemplateStringsArray,
  ...values: readonly (string | number | OptionReference)[]
): OptionProblem {
  return texts.flatMap((text, index) => {
    const value = values[index];
    return value === undefined ? [text] : [text, typeof value === 'object' ? value : String(value)];
  });
}

/** The gateway was configured with values it cannot take; `problems` names all of them. Never holds a key or token. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly #problems: readonly OptionProblem[];

  constructor(problems: readonly OptionProblem[]) {
    const sentences = problems.map((problem) => inWords(problem));
    super(
      sentences.length === 1
        ? String(sentences[0])
        : `There are ${sentences.length} problems:\n${sentences.map((sentence) => `- ${sentence}`).join('\n')}`,
    );
    this.#problems = problems;
  }

  /** Every problem in a sentence, with the options by the names that a program gives them. */
  get problems(): readonly string[] {
    return this.problemsNamed((name) => name);
  }

  /** The same, with the options by other names, such as those of the variables that set them. */
  problemsNamed(nameOf: OptionNaming): readonly string[] {
    return this.#problems.map((problem) => inWords(problem, nameOf));
  }
}

function inWords(problem: OptionProblem, nameOf: OptionNaming = (name) => name): string {
  return problem.map((part) => (typeof part === 'string' ? part : nameOf(part.option))).join('');
}

/** An option needs packages that are not installed. */
export class MissingPackagesError extends ConfigurationError {
  /** What needs which packages, as a sentence. */
  readonly reason: string;
  /** The missing packages as npm takes them, with versions where these matter. */
  readonly install: readonly string[];

  constructor(reason: string, install: readonly string[]) {
    super([[`${reason} Install ${install.length === 1 ? 'it' : 'them'}: npm install ${install.join(' ')}`]]);
    this.reason = reason;
    this.install = install;
  }
}
