import { shellWord } from "./shell_word.ts";

/** What to do next: a text, which a command line of this tool may end. */
export type Hint = string | {
  readonly text: string;
  /** What follows the program's name. */
  readonly command: readonly string[];
  /** What there is to say after the command line. */
  readonly more?: string;
};

/** A hint as it is printed; its command line can be pasted into a shell. */
export function hintText(hint: Hint, program: string): string {
  if (typeof hint === "string") return hint;
  const { text, command, more } = hint;
  const line = `${text} ${program} ${command.map(shellWord).join(" ")}`;
  return more === undefined ? line : `${line}\n  ${more}`;
}

/** A path as an operand: one that begins like an option is no option. */
export function pathOperand(path: string): string {
  return path.startsWith("-") ? `./${path}` : path;
}
