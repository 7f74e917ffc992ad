import { escape } from "../../lib/escape.ts";

/** These mean themselves to every shell, if no `~` begins the word. */
const PLAIN = /^(?!~)[\w./:@%+=,~-]+$/;

/** A text as one word of a command line for bash, zsh or fish: `x;touch y` becomes `'x;touch y'`. */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  const quoted = `'${text.replaceAll("'", `'\\''`)}'`;
  if (escape(text) === text) return quoted;
  // Only bash and zsh know this form; the characters themselves could disturb the terminal.
  return `$'${escape(text.replace(/[\\']/g, "\\$&")).replace(/\\u\{(\w+)\}/g, toLongEscape)}'`;
}

function toLongEscape(_: string, hex: string): string {
  return `\\U${hex.padStart(8, "0")}`;
}
