/** A snapshot that replaces main on a simulated disk, with a record of all that is done and told. */
import { basename } from "node:path";
import { powerCuts } from "../../scripts/verify/disk/power_cuts.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../scripts/verify/disk/replace_calls.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import type { CommitEvent, Keep, Retire } from "../../src/core/commit_plan.ts";
import {
  type FailedSnapshot,
  replaceSnapshot,
  type SnapshotStep,
} from "../../src/file/commit/replace_snapshot.ts";
import type { SnapshotWrite } from "../../src/file/commit/snapshot_write.ts";
import { type FileInfo, isSameFile } from "../../src/file/fs/file_info.ts";
import type { Diagnostic } from "../../src/file/options.ts";
import { FaultyFileSystem } from "./faulty_file_system.ts";

const DIRECTORY = "/root/c/g";
export const MAIN = `${DIRECTORY}/offset.json`;

/** What a snapshot does with main and with the journal, and whether it syncs. */
export interface Kind {
  readonly keep: Keep;
  readonly retire: Retire;
  readonly durability: "full" | "relaxed";
}

/** Every kind of snapshot. */
export const KINDS: readonly Kind[] = (["backup", "aside", "nothing"] as const).flatMap((keep) =>
  (["nothing", "remove", "move aside"] as const).flatMap((retire) =>
    (["full", "relaxed"] as const).map((durability) => ({ keep, retire, durability }))
  )
);

export const nameOf = ({ keep, retire, durability }: Kind) =>
  `main ${keep}, journal ${retire}, ${durability}`;

/**
 * The last part of a path as it is shown: `T` for the temporary file, `P` for the pending backup, and
 * `U` for what is unique in another name.
 */
export function shown(path: string): string {
  return basename(path).replace(/^offset\.json\.[^.]+\.\d+Z-\w+\.bak\.tmp$/, "P")
    .replace(/^offset\.json\.[^.]+\.\d+Z-\w+\.tmp$/, "T")
    .replace(/(?<=corrupt-).*$/, "U");
}

/** The files of a store, and a snapshot "new" that replaces them. */
export class Replacement {
  readonly faulty: FaultyFileSystem;
  readonly disk: SimulatedDisk;
  readonly kind: Kind;
  /** The calls, looks included, each with the last part of its path. */
  readonly log: string[] = [];
  readonly events: CommitEvent<FileInfo>[] = [];
  readonly reports: Diagnostic[] = [];
  /** The names that are kept while the outcome is in doubt. */
  readonly keptNames: string[] = [];
  readonly #main: FileInfo | undefined;
  readonly #journal: FileInfo | undefined;

  private constructor(disk: SimulatedDisk, kind: Kind, main?: FileInfo, journal?: FileInfo) {
    this.disk = disk;
    this.kind = kind;
    this.#main = main;
    this.#journal = journal;
    this.faulty = new FaultyFileSystem(wrap(new SimulatedFileSystem(disk), {}));
    this.faulty.before = ({ name, path }) => void this.log.push(`${name} ${shown(path)}`);
  }

  static async of(kind: Kind, files: Record<string, string> = FILES): Promise<Replacement> {
    const disk = await diskWith(files);
    const fileSystem = new SimulatedFileSystem(disk);
    const main = await fileSystem.stat(MAIN);
    return new Replacement(disk, kind, main, await fileSystem.stat(`${MAIN}.journal`));
  }

  /** Runs the protocol, or other steps. */
  async run(
    over: Partial<SnapshotWrite> = {},
    steps?: readonly SnapshotStep[],
  ): Promise<FailedSnapshot | undefined> {
    return await replaceSnapshot({
      fileSystem: this.faulty.fileSystem,
      main: MAIN,
      bytes: new TextEncoder().encode("new"),
      generation: 8,
      ...this.kind,
      like: this.#main,
      look: async () => void this.log.push("look"),
      isMain: (info) => isSameFile(info, this.#main),
      journalToRemove: async () => {
        this.log.push("check");
        return this.#journal ?? "gone";
      },
      stop: () => {},
      report: (each) => this.reports.push(each),
      keepUntilDurable: async (path) => void this.keptNames.push(basename(path)),
      did: (event) => this.events.push(event),
      ...over,
    }, steps);
  }

  /** The files and what they hold. */
  files(disk = this.disk): Promise<Record<string, string>> {
    return filesOn(disk);
  }

  /** Main as each power cut may leave it. */
  async afterPowerCuts(): Promise<Set<string | undefined>> {
    const found = new Set<string | undefined>();
    for (const { disk } of powerCuts(this.disk)) {
      found.add((await filesOn(disk))["offset.json"]);
    }
    return found;
  }
}

/** Main, its backup and its journal. */
export const FILES = {
  "offset.json": "old",
  "offset.json.bak": "older",
  "offset.json.journal": "records",
};

async function filesOn(disk: SimulatedDisk): Promise<Record<string, string>> {
  const fileSystem = new SimulatedFileSystem(disk);
  const files: Record<string, string> = {};
  for (const name of (await fileSystem.readDirectory(DIRECTORY)).sort()) {
    const { bytes } = await fileSystem.readFile(`${DIRECTORY}/${name}`);
    files[name] = new TextDecoder().decode(bytes);
  }
  return files;
}
