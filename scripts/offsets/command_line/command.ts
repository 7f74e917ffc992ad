import type { Args } from "./args.ts";
import type { Io } from "../../lib/io.ts";
import type { OptionShapes } from "../../lib/words.ts";

/** One command: all that the help, the check of the arguments and the dispatch need to know. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the program's name, e.g. `show FILE [--topic T]`. */
  readonly usage: string;
  /** The names of the positional arguments; a last one ending in `…` may be repeated. */
  readonly operands: readonly string[];
  readonly options: OptionShapes;
  readonly details: string;
  readonly examples: readonly string[];
  run(args: Args, io: Io): Promise<number>;
}
