import type { Args } from "./args.ts";
import type { Io } from "../lib/io.ts";

/** An option of a command: with `value` it takes one, shown by that name; without, it is a flag. */
export interface Option {
  readonly value?: string;
  readonly help: string;
}

/** One command: all that the help, the check of the arguments and the dispatch need to know. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the program's name, e.g. `show FILE [--topic T]`. */
  readonly usage: string;
  /** The names of the positional arguments; a last one ending in `…` may be repeated. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  readonly details: string;
  readonly examples: readonly string[];
  run(args: Args, io: Io): Promise<number>;
}
