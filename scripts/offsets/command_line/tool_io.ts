import type { Io } from "../../lib/io.ts";
import type { Author } from "../undo/undo_text.ts";
import { type Hint, hintText } from "./hint.ts";

/** The surroundings of a command of this tool besides the files it names. */
export interface ToolIo extends Io {
  /** How the user has started the tool: what stands before the command in hints and the help. */
  readonly program: string;
  /** The user and the command, for the history of a store. */
  readonly author: Author;
}

/** How many terminal cells a line may take: 80 where there is no terminal. */
export function lineWidth(io: Io): number {
  return io.size?.()?.columns ?? 80;
}

/** A hint as this user can follow it. */
export function hint(io: ToolIo, next: Hint): string {
  return hintText(next, io.program);
}
