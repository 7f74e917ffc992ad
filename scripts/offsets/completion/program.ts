import type { OptionShapes } from "../../lib/words.ts";

/** What a shell may complete: the commands of a program, and their options. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: OptionShapes;
  /** The names of its operands: in upper case, they are paths. */
  readonly operands: readonly string[];
  /** What its first operand may be, if that is no path. */
  readonly choices?: readonly string[];
}

/** The names under which the tool is installed. */
export const PROGRAMS = ["offsetstore", "offsets"] as const;
