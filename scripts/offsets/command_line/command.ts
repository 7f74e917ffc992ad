import type { Args } from "./args.ts";
import type { OptionShapes } from "../../lib/words.ts";
import type { ToolIo } from "./tool_io.ts";

/** One command: all that the help, the check of the arguments and the dispatch need to know. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the program's name, e.g. `show FILE [--topic T]`. */
  readonly usage: string;
  /**
   * The names of the positional arguments. A last one that ends in `…` may be repeated; one in
   * brackets, such as `[ROOT]` or `[ROOT…]`, may be left out.
   */
  readonly operands: readonly string[];
  readonly options: OptionShapes;
  readonly details: string;
  readonly examples: readonly string[];
  run(args: Args, io: ToolIo): Promise<number>;
}
