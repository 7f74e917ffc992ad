import { parseArgs } from "node:util";
import type { Command, Option } from "./command.ts";
import { quote } from "../lib/escape.ts";
import { nearest } from "../lib/nearest.ts";
import { UsageError } from "../lib/usage_error.ts";

/** Options that every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
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
  const known = { ...command.options, ...COMMON_OPTIONS };
  const { tokens } = parseArgs({
    args: [...argv],
    // Not strict: the messages of our own say what would be right, alike on every runtime.
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(known).map(([name, option]) => [name, {
        type: option.value === undefined ? "boolean" as const : "string" as const,
      }]),
    ),
  });
  const operands: string[] = [];
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    if (token.rawName === "-h" || token.name === "help") return undefined;
    if (!Object.hasOwn(known, token.name)) throw unknownOption(command, token.rawName, known);
    if (values.has(token.name)) throw usage(command, `${token.rawName} is given twice`);
    values.set(token.name, optionValue(command, known[token.name], token));
  }
  checkOperands(command, operands);
  return new Args(command, operands, values);
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string;
  readonly inlineValue?: boolean;
}

function optionValue(command: Command, option: Option, token: OptionToken): string {
  const { rawName, value, inlineValue } = token;
  if (option.value === undefined) {
    if (value !== undefined) throw usage(command, `${rawName} takes no value`);
    return "";
  }
  // `--topic --force` forgot the topic; `--topic=--force` means it.
  if (value === undefined || value === "" || (value.startsWith("--") && !inlineValue)) {
    throw usage(command, `${rawName} needs a value: ${rawName} ${option.value}`);
  }
  return value;
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

function unknownOption(
  command: Command,
  raw: string,
  known: Readonly<Record<string, Option>>,
): UsageError {
  if (/^-\d/.test(raw)) {
    return usage(command, "a negative offset is not a position; to forget one use delete");
  }
  const guess = nearest(raw.replace(/^-+/, ""), Object.keys(known));
  const hint = guess === undefined
    ? `it knows ${Object.keys(known).map((name) => `--${name}`).join(", ")}`
    : `did you mean --${guess}?`;
  return usage(command, `there is no option ${quote(raw)}, ${hint}`);
}

function usage(command: Command, reason: string): UsageError {
  return new UsageError(
    `Cannot run "${command.name}": ${reason}\n  usage: offsets ${command.usage}`,
  );
}
