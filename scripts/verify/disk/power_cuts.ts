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

/** All that a power cut may leave: each pending change may have reached the disk, or not. */
export function* powerCuts(disk: SimulatedDisk): Generator<CutDisk> {
  const contentsByFile = new Map<Ino, Content[]>();
  const contentsOfFile = (ino: Ino) => {
    const contents = contentsByFile.get(ino) ?? contentsOf(disk.file(ino));
    contentsByFile.set(ino, contents);
    return contents;
  };
  for (const chosen of entrySubsets(disk.pending)) {
    const directories = stableDirectories(disk, chosen);
    const files = reachableFiles(disk, directories);
    for (const contents of product(files.map(contentsOfFile))) {
      const cut = new SimulatedDisk();
      cut.nextIno = disk.nextIno;
      cut.clock = disk.clock;
      cut.names = disk.names;
      for (const [ino, entries] of directories) {
        cut.nodes.set(ino, {
          kind: "directory",
          entries: new Map(entries),
          stable: new Map(entries),
          mtime: disk.directory(ino).mtime,
        });
      }
      files.forEach((ino, i) => {
        const { mtime, mode } = disk.file(ino);
        const data = contents[i].data;
        cut.nodes.set(ino, { kind: "file", data, stable: data, pending: [], mtime, mode });
      });
      const story = () => [
        ...disk.pending.map((change) =>
          `${change.what}: ${chosen.includes(change) ? "reached the disk" : "lost"}`
        ),
        ...files.flatMap((ino, i) => contents[i].story.map((line) => `file #${ino} ${line}`)),
      ];
      yield { disk: cut, story };
    }
  }
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

/** The distinct contents: each pending block absent, zeros or written. */
function contentsOf(file: FileNode): Content[] {
  let contents = new Map<string, Content>([[keyOf(file.stable), { data: file.stable, story: [] }]]);
  for (const change of file.pending) {
    const next = new Map<string, Content>();
    const put = ({ data, story }: Content, applied: DataChange | undefined, how: string) => {
      const changed = applied === undefined ? data : withChange(data, applied);
      const key = keyOf(changed);
      const what = change.kind === "block" ? `block at ${change.at}` : "cut to nothing";
      if (!next.has(key)) next.set(key, { data: changed, story: [...story, `${what}: ${how}`] });
    };
    for (const content of contents.values()) {
      put(content, change, "reached the disk");
      put(content, undefined, "lost");
      if (change.kind === "block") {
        const zeros = { ...change, bytes: new Uint8Array(change.bytes.length) };
        put(content, zeros, "zeros");
      }
    }
    contents = next;
  }
  return [...contents.values()];
}

/** Bytes as a string, one character a byte. */
export function keyOf(data: Uint8Array): string {
  return String.fromCharCode(...data);
}

function* product<T>(choices: readonly (readonly T[])[]): Generator<T[]> {
  if (choices.length === 0) {
    yield [];
    return;
  }
  const [first, ...rest] = choices;
  for (const others of product(rest)) for (const each of first) yield [each, ...others];
}
