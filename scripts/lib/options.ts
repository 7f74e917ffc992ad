import { quote } from "./escape.ts";
import { type Runtime, RUNTIMES } from "./runtimes.ts";
import { UsageError } from "./usage_error.ts";
import type { OptionShape } from "./words.ts";

/** An option of a task, with the value that its texts stand for. */
export interface Option<T> extends OptionShape {
  /**
   * Makes a value of the texts that the option was given, none if it was not given.
   *
   * @throws {UsageError} If it cannot.
   */
  read(texts: readonly string[], name: string): T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values of options, by their names. */
export type ValuesOf<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never;
};

/** An option that is given or not. */
export function flag(help: string): Option<boolean> {
  return { help, read: (texts) => texts.length > 0 };
}

/** An option that takes any text. */
export function text(value: string, help: string): Option<string | undefined>;
export function text(value: string, help: string, otherwise: string): Option<string>;
export function text(value: string, help: string, otherwise?: string): Option<string | undefined> {
  return { value, help, read: ([given]) => given ?? otherwise };
}

/** An option that takes a whole number of at most nine digits. */
export function wholeNumber(
  value: string,
  help: string,
  least: number,
): Option<number | undefined>;
export function wholeNumber(
  value: string,
  help: string,
  least: number,
  otherwise: number,
): Option<number>;
export function wholeNumber(
  value: string,
  help: string,
  least: number,
  otherwise?: number,
): Option<number | undefined> {
  return {
    value,
    help,
    read([given], name) {
      if (given === undefined) return otherwise;
      if (/^\d{1,9}$/.test(given) && Number(given) >= least) return Number(given);
      throw new UsageError(
        `--${name} ${quote(given)} is not a whole number from ${least} to 999999999`,
      );
    },
  };
}

/** An option that takes one of the given names. */
export function one<T extends string>(
  value: string,
  help: string,
  names: readonly T[],
  otherwise: T,
): Option<T> {
  return {
    value,
    help,
    read([given], name) {
      const found = given === undefined ? otherwise : names.find((each) => each === given);
      if (found !== undefined) return found;
      throw new UsageError(`--${name} ${quote(given)} is none of ${names.join(", ")}`);
    },
  };
}

/** An option that takes some of the given names, with commas between them; `all` is all of them. */
export function some<T extends string>(
  value: string,
  help: string,
  names: readonly T[],
  otherwise: readonly T[] = names,
): Option<readonly T[]> {
  return {
    value,
    help,
    repeats: true,
    read(texts, name) {
      if (texts.length === 0) return otherwise;
      const wanted = texts.flatMap((each) => each.split(",")).map((each) => each.trim());
      const unknown = wanted.find((each) => each !== "all" && !names.some((own) => own === each));
      if (unknown !== undefined) {
        throw new UsageError(`--${name} ${quote(unknown)} is none of ${names.join(", ")} and all`);
      }
      return wanted.includes("all") ? names : names.filter((each) => wanted.includes(each));
    },
  };
}

/** The option `--runtime`. */
export function runtimes(
  help: string,
  otherwise: readonly Runtime[],
): Option<readonly Runtime[]> {
  return some("R", help, RUNTIMES, otherwise);
}

/** The option `--json`. */
export const JSON_LINE: Option<boolean> = flag("print the figures as JSON, one line");
