import { basename } from "node:path";
import { escape } from "../../lib/escape.ts";
import { type Io, paint } from "../../lib/io.ts";
import { formatTable } from "../../lib/table.ts";
import { wrap } from "../../lib/words.ts";
import { lineWidth } from "../command_line/tool_io.ts";

/** A file that was checked, in words. */
export interface CheckedFile {
  readonly state: string;
  readonly role: string;
  readonly path: string;
  readonly details: string;
  readonly isBad: boolean;
}

const COLUMNS = [
  { title: "STATE" },
  { title: "ROLE" },
  { title: "FILE" },
  { title: "DETAILS" },
] as const;

/** However narrow the terminal is, details are not broken into shorter lines. */
const LEAST_DETAILS = 30;

/** The table of the files, under a line with their folder; details are broken into lines. */
export function checkedTable(files: readonly CheckedFile[], io: Io): string {
  const names = files.map(({ state, role, path }) => [state, role, basename(path)]);
  const before = COLUMNS.slice(0, -1).reduce(
    (sum, { title }, c) =>
      sum + 2 + names.reduce((most, row) => Math.max(most, escape(row[c]).length), title.length),
    0,
  );
  const width = Math.max(LEAST_DETAILS, lineWidth(io) - before);
  const rows = files.flatMap((file, f) =>
    wrap(file.details, width).split("\n").map((details, line) => ({
      file,
      folder: line === 0 ? file.path.slice(0, -names[f][2].length) : undefined,
      cells: [...line === 0 ? names[f] : ["", "", ""], details],
    }))
  );
  const table = formatTable(COLUMNS, rows.map(({ cells }) => cells), (cell, row, column) => {
    if (row < 0) return paint(io, "bold", cell);
    return column === 0 ? paint(io, rows[row].file.isBad ? "red" : "green", cell) : cell;
  });
  const [titles, ...lines] = table.trimEnd().split("\n");
  let shown = titles + "\n";
  let last = "";
  lines.forEach((line, row) => {
    const { folder = last } = rows[row];
    if (folder !== last) shown += escape(folder) + "\n";
    last = folder;
    shown += line + "\n";
  });
  return shown;
}
