import type { Command } from "./command.ts";
import { quote } from "../../lib/escape.ts";
import { UsageError } from "../../lib/usage_error.ts";
import { type OptionShapes, readWords, type Words } from "../../lib/words.ts";

/** Options that every command takes. */
export const COMMON_OPTIONS: OptionShapes = {
  json: { help: "print JSON; offsets are strings, since they are int64" },
  help: { help: "print this help" },
};

/** The checked arguments of a command. */
export class Args {
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, string>;
  readonly #command: Command;

  constructor(command: Command, operands: readonly string[], values: ReadonlyMap<string, string>) {
    this.#command = command;
    this.operands = operands;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values.has(name);
  }

  option(name: string): string | undefined {
    return this.#values.get(name);
  }

  required(name: string): string {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw usage(this.#command, `--${name} ${this.#command.options[name].value} is missing`);
  }

  fail(reason: string): never {
    throw usage(this.#command, reason);
  }
}

/** Reads and checks a command's arguments; `undefined` if its help is asked for. */
export function readArgs(command: Command, argv: readonly string[]): Args | undefined {
  const words = readWordsOf(command, argv);
  if (words === undefined) return undefined;
  checkOperands(command, words.operands);
  const values = [...words.given].map(([name, [value]]) => [name, value] as const);
  return new Args(command, words.operands, new Map(values));
}

function readWordsOf(command: Command, argv: readonly string[]): Words | undefined {
  try {
    return readWords(argv, { ...command.options, ...COMMON_OPTIONS });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const isNegative = /there is no option "-\d/.test(error.message);
    throw usage(
      command,
      isNegative ? "a negative offset is not a position; to forget one use delete" : error.message,
    );
  }
}

function checkOperands({ name, operands, usage: line }: Command, given: readonly string[]): void {
  const repeats = operands.at(-1)?.endsWith("…") ?? false;
  const fail = (reason: string) => {
    throw new UsageError(`Cannot run "${name}": ${reason}\n  usage: offsets ${line}`);
  };
  if (given.includes("")) fail("an argument is empty");
  if (given.length < operands.length) fail(`${operands[given.length]} is missing`);
  if (given.length > operands.length && !repeats) {
    fail(`${quote(given[operands.length])} is one argument too many`);
  }
}

function usage(command: Command, reason: string): UsageError {
  return new UsageError(
    `Cannot run "${command.name}": ${reason}\n  usage: offsets ${command.usage}`,
  );
}
