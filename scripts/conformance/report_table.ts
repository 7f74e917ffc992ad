import { escape } from "../lib/escape.ts";
import { type Color, type Io, paint } from "../lib/io.ts";
import { formatTable } from "../lib/table.ts";
import { wrap } from "../lib/words.ts";
import {
  casesOf,
  compareResults,
  reasonsOf,
  type Report,
  type Result,
  type State,
  summary,
  tellStory,
} from "./report.ts";
import { CONSEQUENCES, SEVERITIES } from "./severity.ts";

const COLORS: Record<State, Color> = {
  holds: "green",
  fails: "red",
  differs: "yellow",
  vacuous: "red",
  unsupported: "dim",
  "not shown": "dim",
};

const COLUMNS = [{ title: "CLAUSE" }, { title: "STATE" }, { title: "CASES" }, { title: "RULE" }];

const WIDTH = 80;

/** The report for a terminal: a line for each clause, the worst severity first, and the stories. */
export function reportTable(report: Report, io: Io): string {
  const { client, seconds, seed } = report;
  const results = report.results.toSorted(compareResults);
  const stories = results.filter(({ state }) => state === "fails")
    .map((result) => `\n${tellStory(client, result)}`);
  return `${client.name} ${client.version}, profile ${client.profile}\n\n` +
    `${sections(results, io)}\n${notes(results)}${stories.join("")}` +
    `\n${summary(report)}, in ${seconds} s with seed ${seed}\n`;
}

/** The reasons, each with its clauses. */
function notes(results: readonly Result[]): string {
  return reasonsOf(results)
    .map(({ ids, state, reason }) => `${wrap(`${ids.join(", ")} ${state}: ${reason}`)}\n`).join("");
}

/** One table, with a heading above the clauses of each severity. */
function sections(results: readonly Result[], io: Io): string {
  const rows = results.map((result) => [result.id, result.state, casesOf(result)]);
  const widths = [0, 1, 2].map((column) =>
    Math.max(COLUMNS[column].title.length, ...rows.map((row) => row[column].length)) + 2
  );
  const room = WIDTH - widths.reduce((sum, width) => sum + width, 0);
  const full = rows.map((row, i) => [...row, cut(escape(results[i].text), room)]);
  const table = formatTable(
    COLUMNS,
    full,
    (text, row, column) =>
      row >= 0 && column === 1 ? paint(io, COLORS[results[row].state], text) : text,
  );
  const [head, ...lines] = table.trimEnd().split("\n");
  const parts = SEVERITIES.map((severity) => {
    const own = lines.filter((_, i) => results[i].severity === severity);
    const heading = paint(io, "bold", `${severity.toUpperCase()}: ${CONSEQUENCES[severity]}`);
    return own.length === 0 ? "" : `\n${heading}\n${own.join("\n")}\n`;
  });
  return `${head}\n${parts.join("")}`;
}

/** The text, cut so that it takes no more than some characters. */
function cut(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`;
}
