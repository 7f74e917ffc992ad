import type { Io } from "../../lib/io.ts";
import { shorten } from "../../lib/table.ts";

const HOME = "\x1b[H";
const CLEAR_LINE_END = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** A terminal that is redrawn in place: lines are overwritten, so that nothing flickers. */
export class Screen {
  readonly #io: Io;
  #drawn = "";

  constructor(io: Io) {
    this.#io = io;
    io.out(HOME + CLEAR_BELOW);
  }

  /** Draws lines; those that do not fit the terminal are cut. Its size may have changed. */
  draw(lines: readonly string[]): void {
    const size = this.#io.size?.();
    const fitting = lines.slice(0, size?.rows).map((line) => cut(line, size?.columns));
    const text = fitting.join(`${CLEAR_LINE_END}\r\n`) + CLEAR_LINE_END + CLEAR_BELOW;
    const at = `${size?.columns} ${size?.rows}\n`;
    if (at + text === this.#drawn) return;
    this.#drawn = at + text;
    this.#io.out(HOME + text);
  }

  /** Leaves the last lines, and goes below them. */
  close(): void {
    this.#io.out("\r\n");
  }
}

/** A coloured line that is too long loses its colour. */
function cut(line: string, columns = Infinity): string {
  // deno-lint-ignore no-control-regex
  const plain = line.replace(/\x1b\[\d+m/g, "");
  const short = shorten(plain, columns, "middle");
  return short === plain ? line : short;
}
