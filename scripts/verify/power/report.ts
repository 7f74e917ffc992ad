import { type Io, paint } from "../../lib/io.ts";
import { type Column, formatTable } from "../../lib/table.ts";
import { wrap } from "../../lib/words.ts";
import { type Fault, FAULTS } from "./check.ts";
import { FILE_SYSTEMS, fileSystemOf } from "./file_systems.ts";
import { loadsOf, type Outcome, type Row, rowsOf, storiesOf, total } from "./tally.ts";

const numbers = (titles: readonly string[]): Column[] =>
  titles.map((title) => ({ title, align: "right" }));

const COLUMNS: readonly Column[] = [
  { title: "FILE SYSTEM" },
  { title: "WRITER" },
  ...numbers(["IMAGES", "STATES", "LOST", "EMPTY", "TORN", "OTHER"]),
];

const MUST_LOSE: readonly Column[] = [
  { title: "FILE SYSTEM" },
  { title: "MUST LOSE" },
  { title: "IMAGES", align: "right" },
  { title: "FOUND" },
];

/** Faults without a column of their own. */
const OTHER = FAULTS.filter((fault) => !["lost", "empty", "torn"].includes(fault));

/** Faults of a file system that no program prevents: they are shown, and do not fail the run. */
const SHOWN: readonly Fault[] = ["half-made"];
const FAILING = FAULTS.filter((fault) => !SHOWN.includes(fault));

/** The result of a run. */
export interface PowerReport {
  readonly seed: string;
  readonly store: readonly Outcome[];
  readonly sabotaged: readonly Outcome[];
  /** The families of file systems that were skipped, and why. */
  readonly skipped: readonly string[];
  readonly seconds: number;
  /** Whether all jobs were carried out. */
  readonly isComplete: boolean;
}

/** Whether the store lost nothing, all that must lose did, and nothing failed. */
export function isGood(report: PowerReport): boolean {
  return report.store.every((outcome) => isFaultless(outcome) || isExcused(outcome)) &&
    missed(report).length === 0 &&
    failures(report).length === 0;
}

/** Whether the file system loses by itself, so that a loss shows nothing of the store. */
const isExcused = ({ job }: Outcome) => fileSystemOf(job.fileSystem).isUnreliable !== undefined;

const isFaultless = ({ result }: Outcome) =>
  FAILING.every((fault) => result?.faults[fault] === undefined);

/** The sabotages that were not found out. */
function missed({ sabotaged }: PowerReport): Outcome[] {
  return sabotaged.filter((outcome) => outcome.result !== undefined && isFaultless(outcome));
}

function failures({ store, sabotaged }: PowerReport): Outcome[] {
  return [...store, ...sabotaged].filter(({ failure }) => failure !== undefined);
}

/** The report as JSON, one line. */
export function asJson(report: PowerReport): string {
  const { seed, store, sabotaged, skipped, seconds, isComplete } = report;
  const rows = rowsOf(store);
  return JSON.stringify({
    seed,
    isComplete,
    seconds: Math.round(seconds),
    images: total(rows, "images"),
    states: total(rows, "states"),
    rows,
    loads: Object.fromEntries(loadsOf(store)),
    notDemanded: FILE_SYSTEMS.filter(({ isUnreliable }) => isUnreliable !== undefined)
      .map(({ name }) => name),
    mustLose: rowsOf(sabotaged),
    missed: missed(report).map(({ job: { fileSystem, writer } }) => ({ fileSystem, writer })),
    skipped,
    stories: storiesOf(store),
    failures: failures(report).map(({ job, failure }) => ({ ...job, failure })),
  }) + "\n";
}

/** The report for people: tables, stories and a verdict. */
export function asText(report: PowerReport, io: Io): string {
  const { store, sabotaged, skipped, seconds } = report;
  const [rows, broken] = [rowsOf(store), rowsOf(sabotaged)];
  const bold = (cell: string, row: number) => row < 0 ? paint(io, "bold", cell) : cell;
  const stories = storiesOf(store).map(({ title, lines }) =>
    `${paint(io, "red", title)}\n${lines.map((line) => `  ${line}\n`).join("")}\n`
  );
  const told = storiesOf(sabotaged).map(({ title, lines }) =>
    `${title}\n${lines.map((line) => `  ${line}\n`).join("")}\n`
  );
  const failed = failures(report).map(({ job, failure }) =>
    `${paint(io, "red", `FAILED: ${job.writer} on ${job.fileSystem}, seed ${job.seed}`)}\n` +
    `  ${failure}\n`
  );
  const loads = loadsOf(store).map(([label, count]) =>
    `  ${String(count).padStart(8)}  ${label}\n`
  );
  const images = total(rows, "images");
  const rate = ((images + total(broken, "images")) / Math.max(seconds, 1)).toFixed(0);
  return [
    ...skipped.map((line) => paint(io, "yellow", line) + "\n"),
    formatTable(COLUMNS, rows.map(cellsOf), bold),
    ...excuses(rows),
    ...halfMade(rows),
    "\n",
    formatTable(MUST_LOSE, broken.map(mustLoseCells), bold),
    "\n",
    ...told,
    ...stories,
    `What open loaded\n${loads.join("")}\n`,
    ...failed,
    paint(io, colorOf(report), verdict(report)) + "\n",
    `${images} images of ${
      total(rows, "states")
    } that were enumerated, ${rate} a second, seed ${report.seed}\n`,
  ].join("");
}

/** Why losses on some of the file systems do not fail the run. */
function excuses(rows: readonly Row[]): string[] {
  const kinds = FILE_SYSTEMS.filter(({ name, isUnreliable }) =>
    isUnreliable !== undefined && rows.some(({ fileSystem }) => fileSystem === name)
  );
  return kinds.map(({ name, isUnreliable }) =>
    wrap(`Losses on ${name} do not fail the run: ${isUnreliable}.`) + "\n"
  );
}

/** Why a directory may be half made. */
function halfMade(rows: readonly Row[]): string[] {
  const images = rows.reduce((sum, { faults }) => sum + (faults["half-made"] ?? 0), 0);
  if (images === 0) return [];
  return [
    wrap(
      `In ${images} images, a directory that was being made is none after e2fsck. Nothing was ` +
        "promised by then: ext4 without a journal may write a name before its inode.",
    ) + "\n",
  ];
}

function colorOf(report: PowerReport): "red" | "yellow" | "green" {
  if (!isGood(report)) return "red";
  return report.isComplete ? "green" : "yellow";
}

function verdict(report: PowerReport): string {
  const { store, sabotaged, isComplete } = report;
  const demanded = store.filter((outcome) => !isExcused(outcome));
  const failed = rowsOf(demanded).reduce((sum, row) => sum + count(row, FAILING), 0);
  const unnoticed = missed(report).map(({ job }) => `${job.writer} on ${job.fileSystem}`);
  const lost = sabotaged.filter((outcome) => !isFaultless(outcome)).length;
  return [
    failed === 0 ? "The store kept its promises" : `The store FAILED in ${failed} images`,
    `${lost} of ${sabotaged.length} that must lose did`,
    ...unnoticed.length === 0 ? [] : [`NOT ${unnoticed.join(", ")}`],
    ...isComplete ? [] : ["not all was carried out"],
  ].join("; ");
}

function cellsOf(row: Row): string[] {
  const { fileSystem, writer, images, states, faults } = row;
  const counts = [images, states, faults.lost ?? 0, faults.empty ?? 0, faults.torn ?? 0];
  return [fileSystem, writer, ...[...counts, count(row, OTHER)].map(String)];
}

function mustLoseCells({ fileSystem, writer, images, faults }: Row): string[] {
  const [fault] = Object.keys(faults);
  return [fileSystem, writer, String(images), fault ?? "NOTHING"];
}

function count({ faults }: Row, kinds: readonly Fault[]): number {
  return kinds.reduce((sum, kind) => sum + (faults[kind] ?? 0), 0);
}
