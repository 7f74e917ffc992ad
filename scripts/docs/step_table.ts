/** The table of `docs/architecture.md`: the step of a commit in each state, computed from the plan. */
import { type CommitRequest, nextStep, type Step } from "../../src/core/commit_plan.ts";
import type { FilesState, Journal, Main } from "../../src/core/files_state.ts";
import { formatTable } from "../lib/table.ts";

/** The generation of main and of the journal; the table shows it as N. */
const N = 1000;

/** The states of main, by the words of the table. */
export const MAINS: Readonly<Record<string, Main<string>>> = {
  missing: { is: "missing" },
  lost: { is: "lost", generation: N },
  valid: { is: "valid", identities: [], generation: N },
  unnumbered: { is: "valid", identities: [], generation: undefined },
  bad: { is: "bad", identities: [], content: "kept", generation: N },
  worthless: { is: "bad", identities: [], content: "worthless", generation: N },
  uncertain: { is: "uncertain", identities: [], generation: N },
};

const OWN = { identity: "own", generation: N };

/** The states of the journal. */
export const JOURNALS: Readonly<Record<Journal<string>["is"], Journal<string>>> = {
  absent: { is: "absent" },
  open: { is: "open", ...OWN },
  full: { is: "full", ...OWN },
  dead: { is: "dead", ...OWN },
  found: { is: "found", identities: [], generation: N },
  leftover: { is: "leftover", identity: "read" },
  foreign: { is: "foreign", identities: [] },
};

type Request = Pick<CommitRequest, "changes" | "purpose">;

/** What a commit is asked to do, by the titles of the columns. */
const REQUESTS: Readonly<Record<string, Request>> = {
  few: { changes: "few", purpose: "persist" },
  many: { changes: "many", purpose: "persist" },
  delete: { changes: "deletions", purpose: "persist" },
  none: { changes: "none", purpose: "persist" },
  close: { changes: "untouched", purpose: "close" },
};

const TITLES = ["main", "journal", ...Object.keys(REQUESTS), "keep", "retire", "gen"];

/** The step in a state when the files were looked at and are as the store knows them. */
export function stepIn(state: FilesState<string>, request: Request): Step {
  return nextStep(state, "ours", { ...request, onConflict: "throw" });
}

/** The table, as the lines of a text. States with equal steps share a row. */
export function stepTable(): string {
  return formatTable(TITLES.map((title) => ({ title })), rows());
}

function rows(): string[][] {
  const rows = new Map<string, { mains: string[]; journals: string; cells: string[] }>();
  for (const [name, main] of Object.entries(MAINS)) {
    for (const [journals, cells] of journalsByCells(main)) {
      const key = `${journals} ${cells}`;
      const row = rows.get(key);
      if (row === undefined) rows.set(key, { mains: [name], journals, cells });
      else row.mains.push(name);
    }
  }
  return [...rows.values()].map((
    { mains, journals, cells },
  ) => [mains.join(", "), journals, ...cells]);
}

/** The journals beside which a main has equal steps, and those steps. */
function journalsByCells(main: Main<string>): [journals: string, cells: string[]][] {
  const groups = new Map<string, { journals: string[]; cells: string[] }>();
  for (const [name, journal] of Object.entries(JOURNALS)) {
    const cells = cellsOf({ main, journal, journaling: "on" });
    const group = groups.get(cells.join());
    if (group === undefined) groups.set(cells.join(), { journals: [name], cells });
    else group.journals.push(name);
  }
  return [...groups.values()].map(({ journals, cells }) => [journals.join(", "), cells]);
}

function cellsOf(state: FilesState<string>): string[] {
  const steps = Object.values(REQUESTS).map((request) => stepIn(state, request));
  return [...steps.map(nameOf), ...snapshotCells(steps.find((step) => step.do === "snapshot")!)];
}

function nameOf(step: Step): string {
  if (step.do === "append") return step.begin === undefined ? "append" : "begin";
  return step.do === "snapshot" ? "S" : "-";
}

function snapshotCells({ keep, retire, generation }: Extract<Step, { do: "snapshot" }>): string[] {
  const numbers = new Map([[N, "N"], [N + 1, "N+1"]]);
  const wordOf = (word: string) => word === "nothing" ? "-" : word.replace("move aside", "aside");
  return [wordOf(keep), wordOf(retire), numbers.get(generation!) ?? String(generation)];
}
