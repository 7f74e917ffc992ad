import type { Command } from "./command.ts";
import { quote } from "../../lib/escape.ts";
import { UsageError } from "../../lib/usage_error.ts";
import { type OptionShapes, readWords, type Words } from "../../lib/words.ts";

/** Options that every command takes. */
export const COMMON_OPTIONS: OptionShapes = {
  json: { help: "print one JSON object; offsets are strings, since they are int64" },
  help: { help: "print this help" },
};

/** The checked arguments of a command. */
export class Args {
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #command: Command;

  constructor(
    command: Command,
    operands: readonly string[],
    values: ReadonlyMap<string, readonly string[]>,
  ) {
    this.#command = command;
    this.operands = operands;
    this.#values = values;
  }

  /** The name of the command. */
  get command(): string {
    return this.#command.name;
  }

  flag(name: string): boolean {
    return this.#values.has(name);
  }

  option(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** The value of an option that takes one of some names. */
  choice(name: string): string | undefined {
    const value = this.option(name);
    const { choices = [] } = this.#command.options[name];
    if (value === undefined || choices.includes(value)) return value;
    this.fail(`--${name} ${quote(value)} is none of ${choices.join(", ")}`);
  }

  required(name: string): string {
    const value = this.option(name);
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
  const reason = operandFault(command, words.operands);
  if (reason !== undefined) throw usage(command, reason);
  return new Args(command, words.operands, words.given);
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

function operandFault(command: Command, given: readonly string[]): string | undefined {
  const { operands } = command;
  const isOptional = operands.at(-1)?.startsWith("[") ?? false;
  const repeats = /…\]?$/.test(operands.at(-1) ?? "");
  const least = operands.length - (isOptional ? 1 : 0);
  if (given.includes("")) return "an argument is empty";
  if (given.length < least) return `${operands[given.length]} is missing`;
  if (given.length <= operands.length || repeats) return undefined;
  return `${quote(given[operands.length])} is one argument too many`;
}

/** Wrong usage of a command; the usage line follows, with the program as the user has started it. */
export class CommandUsageError extends UsageError {
  readonly usage: string;

  constructor(reason: string, command: Command) {
    super(`Cannot run "${command.name}": ${reason}`);
    this.usage = command.usage;
  }
}

function usage(command: Command, reason: string): UsageError {
  return new CommandUsageError(reason, command);
}
