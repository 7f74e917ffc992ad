/**
 * A disk in two views: what processes see, and what a power cut is sure to leave.
 *
 * Everything in between is pending: writes of blocks, and changes of directory entries. An fsync of
 * a file makes its blocks sure, not its name; an fsync of a directory makes its entries sure. A
 * failed fsync leaves what was pending in doubt for ever: a later fsync succeeds without it.
 */
import { append } from "./append.ts";

/** The size of a block, the unit in which a write may reach the disk or not; a test picks it. */
export const BLOCK = 64;

export type Ino = number;

/** A pending change of a file's content: a block at its place, or the cut to a length. */
export type DataChange =
  & { doubtful: boolean }
  & ({ readonly kind: "truncate"; readonly length: number } | {
    readonly kind: "block";
    readonly at: number;
    readonly bytes: Uint8Array;
  });

/** A pending change of entries, all or nothing; `ino` is absent where the entry goes. */
export interface EntryChange {
  doubtful: boolean;
  /** The process that made a directory; absent for every other change. */
  readonly maker?: Process;
  readonly what: string;
  readonly entries: readonly {
    readonly directory: Ino;
    readonly name: string;
    readonly ino: Ino | undefined;
  }[];
}

/** The owner and the permission bits of a file or a directory; a power cut changes none of them. */
export interface Rights {
  mode: number;
  uid: number;
  gid: number;
}

export interface FileNode extends Rights {
  readonly kind: "file";
  /** The state that processes see. */
  data: Uint8Array;
  /** The durable part. */
  stable: Uint8Array;
  pending: DataChange[];
  /** The tick of the last change of the content. */
  mtime: number;
}

export interface DirectoryNode extends Rights {
  readonly kind: "directory";
  entries: Map<string, Ino>;
  stable: Map<string, Ino>;
  /** The tick of the last change of an entry. */
  mtime: number;
}

/** The number of a process on the disk. */
export type Process = number;

const ROOT_USER = { uid: 0, gid: 0 };

export const ROOT: Ino = 1;

export class SimulatedDisk {
  readonly nodes = new Map<Ino, FileNode | DirectoryNode>();
  pending: EntryChange[] = [];
  nextIno = ROOT + 1;
  /** The clock; it ticks at each change, and where times are coarse a tick is a millisecond. */
  clock = 0;
  names = 0;
  processes: Process = 0;

  constructor() {
    const entries = new Map<string, Ino>();
    const stable = new Map<string, Ino>();
    this.nodes.set(ROOT, {
      kind: "directory",
      entries,
      stable,
      mtime: 0,
      mode: 0o700,
      ...ROOT_USER,
    });
  }

  clone(): SimulatedDisk {
    const copy = new SimulatedDisk();
    for (const [ino, node] of this.nodes) {
      copy.nodes.set(
        ino,
        node.kind === "file"
          ? { ...node, pending: node.pending.map((change) => ({ ...change })) }
          : { ...node, entries: new Map(node.entries), stable: new Map(node.stable) },
      );
    }
    copy.pending = this.pending.map((change) => ({ ...change }));
    copy.nextIno = this.nextIno;
    copy.clock = this.clock;
    copy.names = this.names;
    copy.processes = this.processes;
    return copy;
  }

  directory(ino: Ino): DirectoryNode {
    const node = this.nodes.get(ino);
    if (node?.kind !== "directory") throw new Error(`inode ${ino} is not a directory`);
    return node;
  }

  file(ino: Ino): FileNode {
    const node = this.nodes.get(ino);
    if (node?.kind !== "file") throw new Error(`inode ${ino} is not a file`);
    return node;
  }

  add(kind: "file" | "directory", owner: Omit<Rights, "mode"> = ROOT_USER): Ino {
    const ino = this.nextIno++;
    const nothing = new Uint8Array();
    const mtime = ++this.clock;
    this.nodes.set(
      ino,
      kind === "file"
        ? { kind, data: nothing, stable: nothing, pending: [], mtime, mode: 0o600, ...owner }
        : { kind, entries: new Map(), stable: new Map(), mtime, mode: 0o700, ...owner },
    );
    return ino;
  }

  changeEntries(what: string, entries: EntryChange["entries"], maker?: Process): void {
    for (const entry of entries) {
      const directory = this.directory(entry.directory);
      apply(directory.entries, entry);
      directory.mtime = ++this.clock;
    }
    this.pending.push({ what, entries, maker, doubtful: false });
  }

  changeData(
    ino: Ino,
    change:
      | Omit<DataChange & { kind: "block" }, "doubtful">
      | Omit<DataChange & { kind: "truncate" }, "doubtful">,
  ): void {
    const file = this.file(ino);
    const full: DataChange = { ...change, doubtful: false };
    file.data = withChange(file.data, full);
    file.pending.push(full);
    file.mtime = ++this.clock;
  }

  syncFile(ino: Ino): void {
    const file = this.file(ino);
    for (const change of file.pending) {
      if (!change.doubtful) file.stable = withChange(file.stable, change);
    }
    file.pending = file.pending.filter((change) => change.doubtful);
  }

  /**
   * An fsync of a directory by a process. It counts for an entry in doubt, too, if that is of a
   * directory that another process made: nobody but the maker can know of the doubt.
   */
  syncDirectory(ino: Ino, by?: Process): void {
    const { stable } = this.directory(ino);
    const counts = ({ doubtful, maker }: EntryChange) =>
      !doubtful || (maker !== undefined && maker !== by);
    const sure = (change: EntryChange) =>
      counts(change) && change.entries.every((entry) => entry.directory === ino);
    const settled = new Set<string>();
    for (const change of this.pending.filter(sure)) {
      for (const entry of change.entries) {
        apply(stable, entry);
        settled.add(entry.name);
      }
    }
    // A later change of a name that is sure settles every doubt about it.
    const unsettled = (change: EntryChange) => ({
      ...change,
      entries: change.entries.filter(({ directory, name }) =>
        directory !== ino || !settled.has(name)
      ),
    });
    this.pending = this.pending.filter((change) => !sure(change)).map(unsettled)
      .filter((change) => change.entries.length > 0);
  }

  /**
   * Whether a failed fsync has left entries in doubt, or the data of a file that has a name, so that
   * no later fsync helps.
   */
  get isInDoubt(): boolean {
    if (this.pending.some(({ doubtful, maker }) => doubtful && maker === undefined)) return true;
    for (const directory of this.nodes.values()) {
      if (directory.kind === "file") continue;
      for (const ino of directory.entries.values()) {
        const node = this.nodes.get(ino);
        if (node?.kind === "file" && node.pending.some((change) => change.doubtful)) return true;
      }
    }
    return false;
  }

  /** The fsync of a file failed: what was pending may be on the disk or not, from now on. */
  failSync(ino: Ino): void {
    const node = this.nodes.get(ino);
    if (node?.kind === "file") { for (const change of node.pending) change.doubtful = true; }
    for (const change of this.pending) {
      if (change.entries.some((entry) => entry.directory === ino)) change.doubtful = true;
    }
  }
}

export function apply(
  entries: Map<string, Ino>,
  { name, ino }: { readonly name: string; readonly ino: Ino | undefined },
): void {
  if (ino === undefined) entries.delete(name);
  else entries.set(name, ino);
}

/** The content after a change; a gap reads as zeros. */
export function withChange(data: Uint8Array, change: DataChange): Uint8Array {
  if (change.kind === "truncate") return data.slice(0, change.length);
  const { at, bytes } = change;
  if (at === data.length) return append(data, bytes);
  const changed = new Uint8Array(Math.max(data.length, at + bytes.length));
  changed.set(data);
  changed.set(bytes, at);
  return changed;
}
