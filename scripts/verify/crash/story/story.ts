import type { OpenOptions } from "../../../../mod.ts";
import type { DiskName } from "./disks.ts";
import type { Table } from "./table.ts";

/** A process of ours; `C` and `D` come after a crash. */
export type Who = "A" | "B" | "C" | "D";

/** The options with which a process of a story opens the store. */
export type Settings = Pick<
  OpenOptions,
  "journal" | "onConflict" | "onCorrupt" | "durability" | "checksum" | "format"
>;

/** The acts of other clients on the files: none of them syncs. */
export type StrangerAct =
  /** Go's client: a temporary file, an empty backup, main removed, and the rename. */
  | "go"
  /** Java's client: main copied to the backup, and both written over. */
  | "java"
  /** Main written over where it lies, without a cut if that is not needed. */
  | "rewrite"
  /** Main cut to nothing, and the client killed before it writes; the table is empty. */
  | "truncate";

/** A stranger's act; `table` is what main holds after it. */
export interface Stranger {
  readonly do: "stranger";
  readonly act: StrangerAct;
  readonly table: Table;
}

/** The operator's tool writes a table over the one that is there. */
export interface Tool {
  readonly do: "tool";
  readonly table: Table;
}

/** A call of the store that writes the file. */
export type Commit =
  & { readonly who: Who; readonly but?: Interruption }
  & ({ readonly do: "persist" | "close" } | { readonly do: "delete"; readonly queue: number });

/** The event at a file system call of a commit; nothing happens if the commit makes no such call. */
export interface Interruption {
  /** The method of the file system or of a file, such as `rename` or `syncData`. */
  readonly call: string;
  /** Which of those calls, from 1. */
  readonly nth: number;
  readonly what:
    /** The call fails, before or after its effect. */
    | "fails"
    | "fails late"
    /** The process is killed before the call. */
    | "kill"
    /** Somebody else acts before the call. */
    | Stranger
    | Tool
    | (Commit & { readonly but?: undefined })
    | Open;
}

/** A process begins, and opens the store; the one of that name is killed if it is still there. */
export interface Open {
  readonly do: "open";
  readonly who: Who;
  readonly with: Settings;
}

export type Step =
  | Open
  | Commit
  | Stranger
  | Tool
  | {
    readonly do: "set" | "raise" | "freeze";
    readonly who: Who;
    readonly queue: number;
    readonly offset: number;
  }
  | { readonly do: "remove" | "read"; readonly who: Who; readonly queue: number }
  | { readonly do: "kill"; readonly who: Who }
  /** The power is cut; the number picks one of the disks that this may leave. */
  | { readonly do: "cut"; readonly pick: number }
  | { readonly do: "wait"; readonly ms: number };

/** Why the file system does less than others. */
export type System = "short writes" | "no hard links" | "journal cannot be removed";

/** A history of a store: plain data, so that it can be shortened, printed and sent to a thread. */
export interface Story {
  readonly disk: DiskName;
  readonly system?: System;
  readonly splitRename: boolean;
  /** See `SimulationOptions`. */
  readonly timesMs?: number;
  readonly steps: readonly Step[];
  /** The options with which processes after a crash open the store. */
  readonly recovery: Settings;
}
