import type { CommandError } from "../command_line/command_error.ts";
import type { Hint } from "../command_line/hint.ts";
import type { Change } from "./change.ts";

/** What a command is about to do: it is shown, and done only if that is wanted. */
export interface Plan {
  /** The main file, or the directory, that it changes. */
  readonly path: string;
  /** The question whether to do it, such as `Change "offset.json"?`. */
  readonly question: string;
  /** The message if it leaves everything as it is. */
  readonly nothing?: string;
  /** The offsets that change. */
  readonly changes: readonly Change[];
  /** What else it does, each in words. */
  readonly actions: readonly string[];
  /** What the user should know before. */
  readonly warnings: readonly string[];
  /** Why it is not done, even if that is wanted. */
  readonly refusal?: CommandError;
  /** The main files of the stores whose consumers must not be at work. */
  readonly atRest: readonly string[];
  /** What programs learn besides. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Does it. */
  readonly carryOut: () => Promise<Done>;
}

/** The outcome of a change. */
export interface Done {
  /** In words, each on its own line. */
  readonly text: readonly string[];
  /** How to go back, or on. */
  readonly next?: Hint;
  /** The same for programs. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Tells whether a plan leaves everything as it is. */
export function isEmpty({ changes, actions }: Plan): boolean {
  return changes.length === 0 && actions.length === 0;
}
