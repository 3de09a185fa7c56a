/** The gateway was configured with values it cannot take; `problems` names all of them. Never holds a key or token. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      problems.length === 1
        ? String(problems[0])
        : `There are ${problems.length} problems:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** An option needs packages that are not installed. */
export class MissingPackagesError extends ConfigurationError {
  /** What needs which packages, as a sentence. */
  readonly reason: string;
  /** The missing packages as npm takes them, with versions where these matter. */
  readonly install: readonly string[];

  constructor(reason: string, install: readonly string[]) {
    super([`${reason} Install ${install.length === 1 ? 'it' : 'them'}: npm install ${install.join(' ')}`]);
    this.reason = reason;
    this.install = install;
  }
}
