import { EXIT } from "./exit_code.ts";
import { type Io, paint } from "./io.ts";
import type { Option, Options, ValuesOf } from "./options.ts";
import { UsageError } from "./usage_error.ts";
import { helpColumns, optionRows, readWords, wrap } from "./words.ts";

/** A task of `deno.json`: all that its command line and its help are made of. */
export interface Task<O extends Options> {
  readonly name: string;
  /** What its messages say that it cannot do: "Cannot fuzz: …". */
  readonly action: string;
  /** What it does, in the first lines of the help. */
  readonly summary: string;
  /** What may follow the name, one line for each way to use it. */
  readonly usage: readonly string[];
  readonly options: O;
  /** What else there is to know. */
  readonly details?: string;
  /** How to start it in the examples, if not by `deno task NAME`. */
  readonly command?: string;
  /** Command lines, without their beginning. */
  readonly examples: readonly string[];
  /** What the exit codes 0 and 1 mean; 2 is wrong usage. */
  readonly exitCodes: string;
  /** Whether it takes words that are no options, or such words are the command line of a program. */
  readonly takes?: "operands" | "command";
  /**
   * Does it.
   *
   * @returns The exit code.
   * @throws {UsageError} If the values do not go together.
   */
  run(values: ValuesOf<O>, io: Io, operands: readonly string[]): Promise<number>;
}

const HELP = { help: { help: "print this help" } };

/** The help of a task. */
export function helpOf<O extends Options>(task: Task<O>): string {
  const { name, summary, usage, options, details, examples, exitCodes } = task;
  const lines = usage.map((each, i) =>
    `${i === 0 ? "Usage:" : "      "} ${name} ${each}`.trimEnd()
  );
  const command = task.command ?? `deno task ${name}`;
  const examplesOf = examples.map((each) => `  ${command} ${each}`.trimEnd());
  return [
    wrap(summary),
    lines.join("\n"),
    helpColumns(optionRows({ ...options, ...HELP })),
    ...details === undefined ? [] : [wrap(details)],
    ["Examples:", ...examplesOf].join("\n"),
    wrap(`Exit codes: ${exitCodes}, 2 wrong usage.`),
  ].join("\n\n") + "\n";
}

/** Runs a task on a command line, and returns its exit code; it throws nothing. */
export async function runTask<O extends Options>(
  task: Task<O>,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  const { name, action, options, takes } = task;
  try {
    const words = readWords(argv, options, takes === "command");
    if (words === undefined) {
      io.out(helpOf(task));
      return EXIT.ok;
    }
    const { given, operands } = words;
    if (operands.length > 0 && takes === undefined) {
      throw new UsageError(`${JSON.stringify(operands[0])} is one argument too many`);
    }
    const read = ([name, option]: [string, Option<unknown>]) =>
      [name, option.read(given.get(name) ?? [], name)] as const;
    const values = Object.fromEntries(Object.entries(options).map(read)) as ValuesOf<O>;
    return await task.run(values, io, operands);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const { message, stack } = error as Error;
    const state = isUsage ? `${message}\n  See ${name} --help.` : stack ?? message;
    io.err(paint(io, "red", `Cannot ${action}: ${state}`) + "\n");
    return isUsage ? EXIT.usage : EXIT.finding;
  }
}
