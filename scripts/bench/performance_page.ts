import { readFile, writeFile } from "node:fs/promises";
import { withGeneratedBlock } from "../docs/generated_block.ts";
import { formatTable } from "../lib/table.ts";
import { digits, type Figure, times } from "./section.ts";

/** What one runtime measured, as `deno task bench --json` prints it. */
export interface Run {
  /** The runtime and its version. */
  readonly runtime: string;
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly quick: boolean;
  readonly figures: readonly (Figure & { readonly section: string })[];
}

/** The task that writes the block, as the page names it. */
export const PAGE_TASK = "deno task bench --page";

/** Fills the generated block of a page with the figures of the runs. */
export async function fillPage(path: string, runs: readonly Run[]): Promise<void> {
  const page = await readFile(path, "utf8");
  await writeFile(path, withGeneratedBlock(page, tablesOf(runs), PAGE_TASK));
}

/** The runs in a text with one line of JSON for each. */
export function runsOf(text: string): Run[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** A table for each section, with a column for each runtime. */
export function tablesOf(runs: readonly Run[]): string {
  const all = runs.flatMap(({ figures }) => figures);
  const sections = new Set(all.map(({ section }) => section));
  const head = runs.map(({ runtime, date, machine, command, quick }) =>
    `${runtime}, ${date}\n  ${machine}\n  ${command}${
      quick ? " (quick: good for no figure)" : ""
    }\n`
  );
  return head.join("") + [...sections].map((section) => `\n${tableOf(section, runs)}`).join("");
}

function tableOf(section: string, runs: readonly Run[]): string {
  const rows = new Map<string, Figure>();
  for (const { figures } of runs) {
    for (const figure of figures) {
      if (figure.section === section && isKnown(figure)) rows.set(keyOf(figure), figure);
    }
  }
  const isGoals = section === "goals";
  const columns = [
    { title: section.toUpperCase() },
    { title: "QUEUES", align: "right" as const },
    ...isGoals ? [] : [{ title: "UNIT" }],
    ...runs.map(({ runtime }) => ({
      title: runtime.split(" ")[0].toUpperCase(),
      align: "right" as const,
    })),
  ];
  const cellOf = (run: Run, key: string) => {
    const found = run.figures.find((figure) => figure.section === section && keyOf(figure) === key);
    if (found === undefined) return "–";
    return isGoals ? verdict(found) : cell(found);
  };
  const cells = [...rows].map(([key, { what, queues, unit }]) => [
    what.replace(/^goal /, ""),
    queues === 0 ? "" : queues.toLocaleString("en"),
    ...isGoals ? [] : [unit],
    ...runs.map((run) => cellOf(run, key)),
  ]);
  return formatTable(columns, cells);
}

function cell({ value, ratio }: Figure): string {
  return ratio === undefined ? digits(value) : `${digits(value)} ${times(ratio)}`;
}

/** The figure of a goal, which has its verdict in place of a unit. */
function verdict({ value, unit }: Figure): string {
  return unit === "met" ? digits(value) : `${digits(value)} missed`;
}

/** A figure that was to be compared and could not be says nothing that another does not say. */
function isKnown({ ratio }: Figure): boolean {
  // JSON has null for what is not a number.
  return ratio === undefined || Number.isFinite(ratio);
}

function keyOf({ what, queues }: Figure): string {
  return `${what}\0${queues}`;
}
