import { escape } from "../../lib/escape.ts";
import { type Io, paint } from "../../lib/io.ts";
import { commonFolder } from "../../lib/common_folder.ts";
import { type Column, formatTable } from "../../lib/table.ts";
import type { UnreadableDirectory } from "../reading/find_stores.ts";
import type { JudgedStore } from "../reading/judge_store.ts";
import { formatAge } from "./age.ts";
import { count, countQueues } from "./plural.ts";

/** How many stores, queues and faults a list shows. */
export interface Summary {
  readonly stores: number;
  readonly queues: number;
  readonly bad: number;
  readonly missing: number;
  readonly unexamined: number;
  readonly unreadable: number;
}

export function summaryOf(stores: readonly JudgedStore[]): Omit<Summary, "unreadable"> {
  const of = (state: JudgedStore["state"]) => stores.filter((each) => each.state === state).length;
  return {
    stores: stores.length,
    queues: stores.reduce((sum, { queues }) => sum + (queues ?? 0), 0),
    bad: of("bad"),
    missing: of("missing"),
    unexamined: of("unexamined"),
  };
}

export function storeJson({ modified, ...store }: JudgedStore) {
  return { ...store, modified: modified === null ? null : new Date(modified).toISOString() };
}

/** The age of a store's main file; nothing if there is none. */
export function ageCell({ modified }: JudgedStore, io: Io): string {
  return modified === null ? "" : formatAge(io.now() - modified);
}

/**
 * The table of the stores, then of the directories that could not be looked into.
 *
 * In a table that must fit a width, the folder that all paths lie in stands once above the rows:
 * shortened paths would look alike.
 */
export function storeTable(
  stores: readonly JudgedStore[],
  unreadable: readonly UnreadableDirectory[],
  width: number,
  io: Io,
): string {
  const isWide = width === Infinity;
  const folder = isWide ? "" : commonFolder([...stores, ...unreadable].map(({ path }) => path));
  const clientFolder = isWide ? "" : commonFolder(stores.map(({ client }) => client ?? ""));
  const rows = stores.map((store) => [
    (store.client ?? "").slice(clientFolder.length),
    store.group ?? "",
    String(store.queues ?? ""),
    ageCell(store, io),
    isWide ? store.health : shortHealth(store),
    store.path.slice(folder.length),
  ]);
  const faults = unreadable.map((
    { path, reason },
  ) => ["", "", "", "", `unreadable: ${reason}`, path.slice(folder.length)]);
  return folderLine(folder, io) +
    formatTable(COLUMNS, [...rows, ...faults], (cell, row, column) => {
      if (row < 0) return paint(io, "bold", cell);
      if (column !== HEALTH) return cell;
      if (row >= stores.length || stores[row].state !== "ok") return paint(io, "red", cell);
      return stores[row].health.startsWith("ok") ? cell : paint(io, "yellow", cell);
    }, width);
}

/** The line above a table whose paths begin in a folder. */
export const folderLine = (folder: string, io: Io): string =>
  folder === "" ? "" : `${paint(io, "bold", `In ${escape(folder)}`)}\n`;

/** The health without the reason of a fault, which `verify` shows. */
function shortHealth({ state, recoverable, health }: JudgedStore): string {
  if (recoverable === null) return health;
  return `${state}, ${recoverable ? "recoverable" : "not recoverable"}`;
}

const HEALTH = 4;

const COLUMNS: readonly Column[] = [
  { title: "CLIENT", shortens: "middle", least: 10 },
  { title: "GROUP", shortens: "middle", least: 10 },
  { title: "QUEUES", align: "right" },
  { title: "AGE", align: "right" },
  { title: "HEALTH", shortens: "end", least: 21 },
  { title: "PATH", shortens: "middle", least: 16 },
];

/** The last line of a list. */
export function summaryLine(
  { stores, queues, bad, missing, unexamined, unreadable }: Summary,
  roots: readonly string[],
  all: number,
  io: Io,
): string {
  const under = all === 0 ? ` under ${roots.map(escape).join(", ")}` : "";
  const of = all === stores ? "" : ` of ${all}`;
  const parts = [
    all === 0 ? `No store${under}` : `${count(stores, "store")}${of}, ${countQueues(queues)}`,
    bad > 0 && `${bad} bad`,
    missing > 0 && `${missing} without a main file`,
    unexamined > 0 && `${unexamined} that cannot be examined`,
    unreadable > 0 && count(unreadable, "unreadable directory", "unreadable directories"),
  ].filter(Boolean);
  return paint(io, "dim", parts.join(", ")) + "\n";
}
