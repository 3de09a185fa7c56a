import { UsageError } from '../output/exit-codes.ts';
import { parseDuration } from './parse-duration.ts';

/** One setting: a flag's value before an environment variable's. */
export interface Setting {
  readonly variable?: string;
  readonly flag?: { readonly name: string; readonly value: string | undefined };
}

/** Reads settings, and keeps everything that is wrong with them to tell it together. */
export class SettingReader {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #problems: string[] = [];

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  text(setting: Setting): string | undefined {
    return this.#given(setting)?.text;
  }

  integer(
    setting: Setting,
    { least = 1, most = Number.MAX_SAFE_INTEGER }: { readonly least?: number; readonly most?: number } = {},
  ): number | undefined {
    const given = this.#given(setting);
    if (given === undefined) return undefined;
    const number = Number(given.text);
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
    return this.problem(`${given.name} must be a whole number, ${range}; got ${JSON.stringify(given.text)}.`);
  }

  duration(setting: Setting): number | undefined {
    const given = this.#given(setting);
    if (given === undefined) return undefined;
    const ms = parseDuration(given.text);
    return (
      ms ??
      this.problem(`${given.name} must be a duration such as 500ms, 2s or 10m; got ${JSON.stringify(given.text)}.`)
    );
  }

  durations(setting: Setting): readonly number[] | undefined {
    const given = this.#given(setting);
    const durations = this.list(setting)?.map(parseDuration);
    if (given === undefined || durations === undefined) return undefined;
    const known = durations.filter((ms) => ms !== undefined);
    if (known.length > 0 && known.length === durations.length) return known;
    return this.problem(`${given.name} must be durations such as 500ms,2s,10m; got ${JSON.stringify(given.text)}.`);
  }

  choice<Choice extends string>(setting: Setting, choices: readonly Choice[]): Choice | undefined {
    const given = this.#given(setting);
    if (given === undefined) return undefined;
    const chosen = choices.find((choice) => choice === given.text);
    return chosen ?? this.problem(`${given.name} must be ${choices.join(', ')}; got ${JSON.stringify(given.text)}.`);
  }

  flag(setting: Setting): boolean | undefined {
    const chosen = this.choice(setting, ['true', 'false']);
    return chosen === undefined ? undefined : chosen === 'true';
  }

  list(setting: Setting): readonly string[] | undefined {
    const parts = this.#given(setting)
      ?.text.split(',')
      .map((part) => part.trim());
    return parts?.filter((part) => part !== '');
  }

  url(setting: Setting): string | undefined {
    const given = this.#given(setting);
    if (given === undefined) return undefined;
    if (/^https?:\/\//.test(given.text) && URL.canParse(given.text)) return given.text;
    return this.problem(
      `${given.name} must be a whole URL, with its https:// in front; got ${JSON.stringify(given.text)}.`,
    );
  }

  problem(problem: string): undefined {
    this.#problems.push(problem);
  }

  /** @throws UsageError with all problems there were. */
  finish(): void {
    if (this.#problems.length > 0) throw new UsageError(this.#problems.join('\n  '));
  }

  #given({ variable, flag }: Setting): { readonly name: string; readonly text: string } | undefined {
    if (flag?.value !== undefined) return { name: flag.name, text: flag.value };
    if (variable === undefined) return undefined;
    const text = this.#environment[variable]?.trim();
    return text === undefined || text === '' ? undefined : { name: variable, text };
  }
}
