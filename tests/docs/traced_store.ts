/** A store on the real file system, with a log of the calls that it makes and of the protocol's steps. */
import { chmod } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type LocalFileOffsetStore, nodeFileSystem, type OpenOptions } from "../../mod.ts";
import { SNAPSHOT_STEPS, type SnapshotStep } from "../../src/file/commit/replace_snapshot.ts";
import type { FileInfo } from "../../src/file/fs/file_info.ts";
import type { FileSystem, WritableFile } from "../../src/file/fs/file_system.ts";
import {
  backupOf,
  journalOf,
  lockOf,
  pendingBackupOf,
  quarantineOf,
  temporaryOf,
} from "../../src/file/paths.ts";
import { storeOf } from "../../src/file/store/local_file_offset_store.ts";
import { openFiles } from "../../src/file/store/open_files.ts";
import { queue, StoreDirectory } from "../support/store_directory.ts";

/** The calls that do not touch a file. */
const UNLOGGED = ["pause", "now", "uniqueName"];

/** After so long, the next change of a file is sure to show in its time. */
const SETTLED_MS = 50;

/** A user who is not root and owns all files. */
const USER = { uid: 1000, gid: 1000 };

/** Another mode than that of a new file, so that a new file takes it over. */
const GROUP_READS = 0o640;

/** Under this heading stand the calls that come after the protocol. */
const AFTER = "after the snapshot";

/**
 * Wraps the real file system so that each call is logged with the role of its path.
 *
 * Two things are the same on every machine: the user, and that no lock is held for so long that its
 * holder writes to it.
 */
function traced(main: string, log: string[]): FileSystem {
  const roleOf = rolesOf(main);
  const owned = (info: FileInfo | undefined) => info && { ...info, ...USER };
  const wrapped: Record<string, unknown> = {};
  for (const name of Object.keys(nodeFileSystem) as (keyof FileSystem)[]) {
    if (UNLOGGED.includes(name)) continue;
    const call = nodeFileSystem[name] as (...args: unknown[]) => Promise<unknown>;
    wrapped[name] = (...args: unknown[]) => {
      const paths = args.filter((arg) => typeof arg === "string").map(roleOf);
      log.push(`${name} ${paths.join(" → ")}`);
      return call.apply(nodeFileSystem, args);
    };
  }
  const logged = wrapped as unknown as FileSystem;
  return {
    ...logged,
    stat: async (path) => owned(await logged.stat(path)),
    readFile: async (path) => {
      const { bytes, info } = await logged.readFile(path);
      return { bytes, info: owned(info)! };
    },
    create: async (path) => tracedFile(await logged.create(path), roleOf(path), log),
    pause: (ms, signal) =>
      signal === undefined
        ? nodeFileSystem.pause(ms)
        : new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    now: () => nodeFileSystem.now(),
    uniqueName: () => nodeFileSystem.uniqueName(),
  };
}

function tracedFile(file: WritableFile, role: string, log: string[]): WritableFile {
  const wrapped: Record<string, unknown> = {};
  for (const name of Object.keys(file) as (keyof WritableFile)[]) {
    const call = file[name] as (...args: unknown[]) => Promise<unknown>;
    wrapped[name] = (...args: unknown[]) => {
      log.push(`${name === "stat" ? "fstat" : name} ${role}`);
      return call.apply(file, args);
    };
  }
  const logged = wrapped as unknown as WritableFile;
  return { ...logged, stat: async () => ({ ...await logged.stat(), ...USER }) };
}

/** What a path is to a store. */
function rolesOf(main: string): (path: string) => string {
  const directory = dirname(main);
  const client = dirname(directory);
  const root = dirname(client);
  const roles = new Map([
    [main, "main"],
    [backupOf(main), "backup"],
    [journalOf(main), "journal"],
    [lockOf(main), "lock"],
    [temporaryOf(main, ""), "T"],
    [pendingBackupOf(main, ""), "P"],
    [quarantineOf(main, ""), "main.corrupt"],
    [quarantineOf(journalOf(main), ""), "journal.corrupt"],
    [directory, "directory"],
    [client, "client"],
    [root, "root"],
    [dirname(root), "parent"],
  ]);
  return (path) => {
    const role = roles.get(path) ?? roles.get(path.replace(/\d{8}T[\d.]+Z-[0-9a-f]{8}/, ""));
    if (role === undefined) throw new Error(`no role for ${path}`);
    return role;
  };
}

/** A directory whose store's calls are logged. */
export class TracedStore implements AsyncDisposable {
  readonly files: StoreDirectory;
  readonly #log: string[] = [];
  readonly #fileSystem: FileSystem;
  readonly #opened: LocalFileOffsetStore[] = [];

  private constructor(files: StoreDirectory) {
    this.files = files;
    this.#fileSystem = traced(files.main, this.#log);
  }

  static async make(...args: Parameters<typeof StoreDirectory.make>): Promise<TracedStore> {
    const files = await StoreDirectory.make(...args);
    for (const name of Object.keys(args[0] ?? {})) await chmod(files.path(name), GROUP_READS);
    return new TracedStore(files);
  }

  /** Opens the store; each step of the protocol is logged before its calls, as `# name`. */
  async open(options: Partial<OpenOptions> = {}): Promise<LocalFileOffsetStore> {
    const all = {
      clientId: "client",
      group: "group",
      root: this.files.root,
      fileSystem: this.#fileSystem,
      ...options,
    };
    const store = storeOf(await openFiles(all, { protocol: this.#steps() }), all);
    this.#opened.push(store);
    return store;
  }

  /** Persists an offset, and waits until the next change of the files is sure to show. */
  async persist(store: LocalFileOffsetStore, offset: number): Promise<void> {
    store.update(queue(0), offset, true);
    await store.persist();
    await setTimeout(SETTLED_MS);
  }

  #steps(): SnapshotStep[] {
    const steps = SNAPSHOT_STEPS.map(({ name, run }): SnapshotStep => ({
      name,
      run: (work) => {
        this.#log.push(`# ${name}`);
        return run(work);
      },
    }));
    return [...steps, { name: AFTER, run: async () => void this.#log.push(`# ${AFTER}`) }];
  }

  /** The calls since the last time; steps without a call are left out. */
  take(): string[] {
    const log = this.#log.splice(0);
    const isStep = (line = "#") => line.startsWith("#");
    return log.filter((line, i) => !isStep(line) || !isStep(log[i + 1]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#opened) await store.abandon();
    await this.files[Symbol.asyncDispose]();
  }
}
