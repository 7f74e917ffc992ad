import { escape } from "./escape.ts";

/** A column of a table: its title, where its cells are aligned, and whether they may be shortened. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** The part that is left out of a cell if the table is too wide; without it, nothing is. */
  readonly shortens?: "middle" | "end";
  /** How many terminal cells are left of it at least. */
  readonly least?: number;
}

/** Colours a cell; the row of the titles is -1. */
export type PaintCell = (text: string, row: number, column: number) => string;

/**
 * Lays rows out in aligned columns; what could disturb the terminal is escaped.
 *
 * @param maxWidth How many terminal cells a line may take. Columns that may be shortened are, the
 *   last one first.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: PaintCell = (text) => text,
  maxWidth = Infinity,
): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map(escape));
  const widths = widthsOf(columns, cells, maxWidth);
  return cells.map((row, r) => formatRow(columns, widths, row, (cell, c) => paint(cell, r - 1, c)))
    .join("");
}

/** One line of a table whose widths are known; the cells are escaped. */
export function formatRow(
  columns: readonly Column[],
  widths: readonly number[],
  row: readonly string[],
  paint: (text: string, column: number) => string = (text) => text,
): string {
  const last = columns.length - 1;
  return columns.map(({ align, shortens = "end" }, c) => {
    const cell = shorten(row[c], widths[c], shortens);
    const pad = " ".repeat(Math.max(0, widths[c] - cellsOf(cell)));
    const shown = paint(cell, c);
    if (align === "right") return pad + shown;
    return c === last ? shown : shown + pad;
  }).join("  ").trimEnd() + "\n";
}

function widthsOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxWidth: number,
): number[] {
  // A loop, since spreading 100 000 rows into Math.max overflows the stack.
  const widths = columns.map(() => 0);
  for (const row of rows) row.forEach((cell, c) => widths[c] = Math.max(widths[c], cellsOf(cell)));
  let excess = widths.reduce((sum, width) => sum + width + 2, -2) - maxWidth;
  for (let c = columns.length - 1; c >= 0 && excess > 0; c--) {
    const { shortens, least = 1 } = columns[c];
    if (shortens === undefined) continue;
    const less = Math.min(excess, Math.max(0, widths[c] - least));
    widths[c] -= less;
    excess -= less;
  }
  return widths;
}

/** Cuts a text to so many terminal cells, with an ellipsis for what is left out. */
export function shorten(text: string, most: number, where: "middle" | "end"): string {
  if (cellsOf(text) <= most) return text;
  const characters = [...text];
  const tail = where === "end" ? 0 : Math.floor((most - 1) / 2);
  const end = take(characters.slice().reverse(), tail).reverse().join("");
  return take(characters, most - 1 - cellsOf(end)).join("") + "…" + end;
}

/** As many characters as fit. */
function take(characters: readonly string[], most: number): string[] {
  let left = most;
  const first = characters.findIndex((character) => (left -= cellsOf(character)) < 0);
  return characters.slice(0, first < 0 ? undefined : first);
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** How many terminal cells a text takes: Chinese, Japanese and Korean characters take two. */
export function cellsOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let cells = 0;
  for (const c of text) cells += WIDE.test(c) || c > "\uffff" ? 2 : 1;
  return cells;
}
