import { type Color, type Io, paint } from "../lib/io.ts";
import { formatTable } from "../lib/table.ts";
import { type Report, type State, summary, tellStory } from "./report.ts";

const COLORS: Record<State, Color> = {
  holds: "green",
  fails: "red",
  differs: "yellow",
  unsupported: "dim",
  "not shown": "dim",
};

/** The report as people read it on a terminal: a line for each clause, and the stories. */
export function reportTable(report: Report, io: Io): string {
  const { client, results, seconds, seed } = report;
  const columns = [
    { title: "CLAUSE" },
    { title: "STATE" },
    { title: "CASES", align: "right" as const },
    { title: "WHAT" },
  ];
  const rows = results.map(({ id, state, cases, text }) => [id, state, String(cases), text]);
  const table = formatTable(
    columns,
    rows,
    (text, row, column) =>
      row >= 0 && column === 1 ? paint(io, COLORS[results[row].state], text) : text,
  );
  const stories = results.filter(({ state }) => state === "fails")
    .map((result) => `\n${tellStory(client, result)}`);
  const notes = results.filter(({ reason }) => reason !== undefined)
    .map(({ id, state, reason }) => `${id} ${state}: ${reason}\n`);
  return `${client.name} ${client.version}, profile ${client.profile}\n\n${table}\n` +
    notes.join("") + stories.join("") +
    `\n${summary(report)}, in ${seconds} s with seed ${seed}\n`;
}
