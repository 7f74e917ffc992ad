import type { OpenOptions } from "../../../mod.ts";
import type { Family } from "./file_systems.ts";

/** How a writer uses a store, or what it does instead. */
export interface Writer {
  readonly name: string;
  /** The property that it shows, in a few words. */
  readonly what: string;
  readonly options?: Pick<OpenOptions, "journal" | "onConflict" | "durability">;
  /** How many stores in one process write in turn; one by default. */
  readonly stores?: number;
  /** Its work besides updates of queues that only grow. */
  readonly also?: "deletes" | "lowers" | "reopens" | "tears main";
  /** The root of the store below the mounted directory; `root` by default. */
  readonly root?: string;
  /** Whether others have made the store's directories, and have synced none. */
  readonly isPrepared?: boolean;
  /** Whether it is killed at random calls, again and again, before the power is cut. */
  readonly isKilled?: boolean;
  /** Whether the power is cut again while the next process recovers. */
  readonly isCutTwice?: boolean;
  /** The fault that makes it lose; `undefined` if it must not lose. */
  readonly sabotage?: Sabotage;
  /** The file systems that forgive it. */
  readonly isForgivenBy?: readonly Family[];
}

/** The steps that a sabotaged writer leaves out. */
export type Sabotage =
  | "relaxed"
  | "no-last-sync"
  | "unsynced-journal"
  | "in-place"
  | "rename"
  | "write-file-atomic";

const JOURNAL = { journal: true } as const;
/** Outgrown after a few records, so that checkpoints are frequent. */
const SMALL_JOURNAL = { journal: { compactAtBytes: 700 } } as const;
const MERGE = { onConflict: "merge" } as const;

/** The writers that must lose nothing. */
export const WRITERS: readonly Writer[] = [
  { name: "snapshot", what: "a snapshot at each persist" },
  { name: "journal", what: "a record at each persist", options: JOURNAL },
  { name: "checkpoints", what: "a journal that is folded in often", options: SMALL_JOURNAL },
  { name: "merge", what: "a snapshot under the lock", options: MERGE },
  {
    name: "merge-journal",
    what: "records under the lock",
    options: { ...MERGE, ...SMALL_JOURNAL },
  },
  { name: "two", what: "two stores that merge", options: MERGE, stores: 2 },
  { name: "delete", what: "deleted queues", also: "deletes" },
  { name: "delete-journal", what: "and a journal", also: "deletes", options: SMALL_JOURNAL },
  { name: "lower", what: "lowered offsets, and earlier tables", also: "lowers" },
  { name: "lower-journal", what: "and a journal", also: "lowers", options: SMALL_JOURNAL },
  { name: "reopen", what: "closed and opened again", also: "reopens" },
  { name: "reopen-journal", what: "and a journal", also: "reopens", options: JOURNAL },
  { name: "torn", what: "a stranger tears main", also: "tears main" },
  { name: "fresh", what: "directories that the store makes", root: "a/b/root" },
  { name: "prepared", what: "directories that others made", isPrepared: true },
  { name: "killed", what: "SIGKILL at any call, then the cut", isKilled: true },
  { name: "killed-journal", what: "and a journal", isKilled: true, options: SMALL_JOURNAL },
  { name: "twice", what: "a second cut in the recovery", isCutTwice: true },
  { name: "twice-journal", what: "and a journal", isCutTwice: true, options: SMALL_JOURNAL },
];

/** The writers that must lose: if one does not, a loss of the store's would not be noticed either. */
export const SABOTAGED: readonly Writer[] = [
  sabotaged("relaxed", "durability: relaxed", { durability: "relaxed" }),
  sabotaged("no-last-sync", "no sync of the directory after the rename"),
  sabotaged("unsynced-journal", "no fdatasync of a record", JOURNAL),
  // On btrfs the truncation and the write become durable together.
  { ...sabotaged("in-place", "main written in place, then synced"), isForgivenBy: ["btrfs"] },
  sabotaged("rename", "a temporary file and a rename, no sync"),
  sabotaged("write-file-atomic", "the npm package, which syncs no directory"),
];

function sabotaged(sabotage: Sabotage, what: string, options: Writer["options"] = {}): Writer {
  return { name: sabotage, what, options, sabotage };
}

/** The writer of that name. */
export function writerOf(name: string): Writer {
  return [...WRITERS, ...SABOTAGED].find((each) => each.name === name)!;
}
