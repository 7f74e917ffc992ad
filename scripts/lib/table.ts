import { escape } from "./escape.ts";

/** A column of a table: its title, and where its cells are aligned. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Lays rows out in aligned columns; what could disturb the terminal is escaped. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: (text: string, row: number, column: number) => string = (text) => text,
): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map(escape));
  // A loop, since spreading 100 000 rows into Math.max overflows the stack.
  const widths = columns.map(() => 0);
  for (const row of cells) row.forEach((cell, c) => widths[c] = Math.max(widths[c], width(cell)));
  const lines = cells.map((row, r) => {
    const last = row.length - 1;
    return row.map((cell, c) => {
      const pad = " ".repeat(widths[c] - width(cell));
      const shown = paint(cell, r - 1, c);
      if (columns[c].align === "right") return pad + shown;
      return c === last ? shown : shown + pad;
    }).join("  ").trimEnd() + "\n";
  });
  return lines.join("");
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/;

/** How many terminal cells a text takes: Chinese, Japanese and Korean characters take two. */
function width(text: string): number {
  let cells = 0;
  for (const c of text) cells += WIDE.test(c) || c > "\uffff" ? 2 : 1;
  return cells;
}
