import {
  apply,
  type DataChange,
  type EntryChange,
  type FileNode,
  type Ino,
  ROOT,
  SimulatedDisk,
  withChange,
} from "./simulated_disk.ts";

/** A disk as a power cut may leave it, and how that came. */
export interface CutDisk {
  readonly disk: SimulatedDisk;
  /** Which of the pending changes reached the disk, for a story. */
  readonly story: () => string[];
}

/**
 * The disks that a power cut may leave: each pending change may have reached the disk, or not.
 *
 * @param most Not more than so many of them, spread evenly from the first, where no change has
 *   reached the disk, to the last, where all have.
 */
export function* powerCuts(disk: SimulatedDisk, most = Infinity): Generator<CutDisk> {
  const contentsByFile = new Map<Ino, Content[]>();
  const contentsOfFile = (ino: Ino) => {
    const contents = contentsByFile.get(ino) ?? contentsOf(disk.file(ino));
    contentsByFile.set(ino, contents);
    return contents;
  };
  const outcomes = [...entrySubsets(disk.pending)].map((chosen): Outcome => {
    const directories = stableDirectories(disk, chosen);
    const files = new Map(
      reachableFiles(disk, directories).map((ino) => [ino, contentsOfFile(ino)] as const),
    );
    const count = [...files.values()].reduce((product, { length }) => product * length, 1);
    return { chosen, directories, files, count };
  });
  const all = outcomes.reduce((sum, { count }) => sum + count, 0);
  let [place, before] = [0, 0];
  for (const index of spread(all, most)) {
    while (index >= before + outcomes[place].count) before += outcomes[place++].count;
    yield cut(disk, outcomes[place], index - before);
  }
}

/** The entries that reached the disk, and the contents that each file may have then. */
interface Outcome {
  readonly chosen: readonly EntryChange[];
  readonly directories: ReadonlyMap<Ino, Map<string, Ino>>;
  readonly files: ReadonlyMap<Ino, readonly Content[]>;
  /** How many disks that makes. */
  readonly count: number;
}

/** The numbers below `all`, or `most` of them from the first to the last. */
function* spread(all: number, most: number): Generator<number> {
  const count = Math.min(all, most);
  const last = Math.max(count - 1, 1);
  for (let i = 0; i < count; i++) yield Math.floor(i * (all - 1) / last);
}

/** The disk of an outcome whose contents have this number. */
function cut(disk: SimulatedDisk, { chosen, directories, files }: Outcome, index: number): CutDisk {
  const after = new SimulatedDisk();
  after.nextIno = disk.nextIno;
  after.clock = disk.clock;
  after.names = disk.names;
  after.processes = disk.processes;
  for (const [ino, entries] of directories) {
    const stable = new Map(entries);
    after.nodes.set(ino, { ...disk.directory(ino), entries: new Map(entries), stable });
  }
  const told: (() => string[])[] = [];
  for (const [ino, contents] of files) {
    const { data, story } = contents[index % contents.length];
    index = Math.floor(index / contents.length);
    after.nodes.set(ino, { ...disk.file(ino), data, stable: data, pending: [] });
    told.push(() => story.map((line) => `file #${ino} ${line}`));
  }
  const story = () => [
    ...disk.pending.map((change) =>
      `${change.what}: ${chosen.includes(change) ? "reached the disk" : "lost"}`
    ),
    ...told.flatMap((lines) => lines()),
  ];
  return { disk: after, story };
}

/** The subsets that can be: a change of a name comes with the earlier changes of that name. */
function* entrySubsets(pending: readonly EntryChange[]): Generator<EntryChange[]> {
  const needs = pending.map((change, i) =>
    pending.slice(0, i).filter((earlier) => !earlier.doubtful && meets(earlier, change))
  );
  function* choose(i: number, chosen: EntryChange[]): Generator<EntryChange[]> {
    if (i === pending.length) {
      yield chosen;
      return;
    }
    yield* choose(i + 1, chosen);
    if (needs[i].every((need) => chosen.includes(need))) {
      yield* choose(i + 1, [...chosen, pending[i]]);
    }
  }
  yield* choose(0, []);
}

function meets(a: EntryChange, b: EntryChange): boolean {
  return a.entries.some((x) =>
    b.entries.some((y) => x.directory === y.directory && x.name === y.name)
  );
}

/** The directories that can be reached, with their entries. */
function stableDirectories(
  disk: SimulatedDisk,
  chosen: readonly EntryChange[],
): Map<Ino, Map<string, Ino>> {
  const all = new Map<Ino, Map<string, Ino>>();
  for (const [ino, node] of disk.nodes) {
    if (node.kind === "directory") all.set(ino, new Map(node.stable));
  }
  for (const change of chosen) {
    for (const entry of change.entries) apply(all.get(entry.directory)!, entry);
  }
  const reached = new Map<Ino, Map<string, Ino>>();
  const visit = (ino: Ino) => {
    const entries = all.get(ino);
    if (entries === undefined || reached.has(ino)) return;
    reached.set(ino, entries);
    for (const child of entries.values()) visit(child);
  };
  visit(ROOT);
  return reached;
}

function reachableFiles(disk: SimulatedDisk, directories: Map<Ino, Map<string, Ino>>): Ino[] {
  const files = new Set<Ino>();
  for (const entries of directories.values()) {
    for (const ino of entries.values()) if (disk.nodes.get(ino)?.kind === "file") files.add(ino);
  }
  return [...files];
}

interface Content {
  readonly data: Uint8Array;
  readonly story: readonly string[];
}

/** The distinct contents: each pending block absent, zeros or written; first none, last all. */
function contentsOf(file: FileNode): Content[] {
  let contents = new Map<string, Content>([[keyOf(file.stable), { data: file.stable, story: [] }]]);
  for (const change of file.pending) {
    const next = new Map<string, Content>();
    const put = ({ data, story }: Content, applied: DataChange | undefined, how: string) => {
      const changed = applied === undefined ? data : withChange(data, applied);
      const key = keyOf(changed);
      const what = change.kind === "block" ? `block at ${change.at}` : `cut to ${change.length}`;
      if (!next.has(key)) next.set(key, { data: changed, story: [...story, `${what}: ${how}`] });
    };
    for (const content of contents.values()) {
      put(content, undefined, "lost");
      if (change.kind === "block") {
        const zeros = { ...change, bytes: new Uint8Array(change.bytes.length) };
        put(content, zeros, "zeros");
      }
      put(content, change, "reached the disk");
    }
    contents = next;
  }
  return [...contents.values()];
}

/** Bytes as a string, one character a byte. */
export function keyOf(data: Uint8Array): string {
  return String.fromCharCode(...data);
}
