/** Makes one call of a file system fail, or more from it on. */
import type { FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";
import type { SimulatedFileSystem } from "../disk/simulated_file_system.ts";

/** A code of each kind that Linux and NFS have for such calls; the last error has none. */
export const CODES = [
  ...["EIO", "ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EMFILE", "ENFILE", "EBUSY"],
  ...["EXDEV", "EMLINK", "ENOENT", "EEXIST", "EINVAL", "ENOSYS", "ENOTSUP", "ENOMEM", "ESTALE"],
  undefined,
] as const;

/** The calls of the interface; the last ones are of a file that is being written. */
export const CALLS = [
  ...["readFile", "stat", "readLink", "readDirectory", "create", "syncFile", "syncDirectory"],
  ...["link", "rename", "unlink", "makeDirectory", "chownDirectory", "removeDirectory"],
  ...[
    "write",
    "reserve",
    "truncate",
    "chmod",
    "chown",
    "backdate",
    "fileStat",
    "sync",
    "syncData",
    "close",
  ],
];

/** The answers of a file system that does not have the call. */
const UNSUPPORTED = ["EINVAL", "ENOSYS", "ENOTSUP"];

/**
 * The calls that a store can do without, and the answers that say so (O1, O2, O5, J5): a courtesy may
 * fail in any way.
 */
const DISPENSABLE: Readonly<Record<string, readonly string[] | "any">> = {
  syncDirectory: UNSUPPORTED,
  link: [...UNSUPPORTED, "EPERM", "EXDEV", "EMLINK"],
  backdate: [...UNSUPPORTED, "EPERM", "EACCES"],
  chown: "any",
  chmod: "any",
  chownDirectory: "any",
  reserve: "any",
};

/** Tells whether a store must succeed although a call fails in this way. */
export function isDispensable(kind: string, { code, when }: Fault): boolean {
  const codes = DISPENSABLE[kind];
  if (codes === undefined || when === "after") return false;
  return codes === "any" || codes.includes(code ?? "");
}

export interface Fault {
  /** Which call of the operation fails, from 0. */
  readonly at: number;
  readonly code: (typeof CODES)[number];
  /** An error after the effect is an answer that got lost, or a network's second attempt. */
  readonly when: "before" | "after";
  /**
   * - `once`: only that call fails;
   * - `spell`: that and every call after it, until the operation has returned;
   * - `for ever`: that and every call of its kind after it, until the process has gone.
   */
  readonly lasts: "once" | "spell" | "for ever";
}

/** Stands between a store and its file system; while it is not armed, nothing fails. */
export class FailingCalls {
  /** The calls since it was armed. */
  readonly calls: string[] = [];
  /** Is called before the first failure. */
  onStrike: () => void = () => {};
  readonly #fault: Fault | undefined;
  #state: "idle" | "armed" | "over" = "idle";
  #kind: string | undefined;

  constructor(fault: Fault | undefined) {
    this.#fault = fault;
  }

  get isArmed(): boolean {
    return this.#state === "armed";
  }

  /** Whether the call that failed is one that a store can do without. */
  get isOfDispensable(): boolean {
    if (this.#fault === undefined || this.#kind === undefined) return false;
    // A spell lets other calls fail, too.
    return this.#fault.lasts !== "spell" && isDispensable(this.#kind, this.#fault);
  }

  /** The operation begins. */
  arm(): void {
    this.#state = "armed";
  }

  /** The operation has returned. */
  disarm(): void {
    this.#state = "over";
  }

  /** @param fs Answers the calls that do not fail; on `disk`. */
  wrap(disk: SimulatedFileSystem, fs: FileSystem = disk): FileSystem {
    const call = <T>(kind: string, path: string, effect: () => Promise<T>) =>
      this.#call(disk, kind, path, effect);
    return {
      paths: fs.paths,
      readFile: (path) => call("readFile", path, () => fs.readFile(path)),
      stat: (path) => call("stat", path, () => fs.stat(path)),
      readLink: (path) => call("readLink", path, () => fs.readLink(path)),
      readDirectory: (path) => call("readDirectory", path, () => fs.readDirectory(path)),
      create: async (path) => {
        const file = await call("create", path, () => fs.create(path));
        return this.#wrapFile(disk, file, path);
      },
      syncFile: (path) => call("syncFile", path, () => fs.syncFile(path)),
      syncDirectory: (path) => call("syncDirectory", path, () => fs.syncDirectory(path)),
      link: (existing, path) => call("link", path, () => fs.link(existing, path)),
      rename: (from, to) => call("rename", to, () => fs.rename(from, to)),
      unlink: (path) => call("unlink", path, () => fs.unlink(path)),
      makeDirectory: (path) => call("makeDirectory", path, () => fs.makeDirectory(path)),
      chownDirectory: (path, uid, gid) =>
        call("chownDirectory", path, () => fs.chownDirectory(path, uid, gid)),
      removeDirectory: (path) => call("removeDirectory", path, () => fs.removeDirectory(path)),
      // None of them is a call of the system that could fail.
      pause: (ms, signal) => fs.pause(ms, signal),
      now: () => fs.now(),
      uniqueName: () => fs.uniqueName(),
    };
  }

  #wrapFile(disk: SimulatedFileSystem, file: WritableFile, path: string): WritableFile {
    const call = <T>(kind: string, effect: () => Promise<T>) =>
      this.#call(disk, kind, path, effect);
    return {
      write: (bytes, position) => call("write", () => file.write(bytes, position)),
      reserve: (position, length) => call("reserve", () => file.reserve(position, length)),
      truncate: (length) => call("truncate", () => file.truncate(length)),
      chmod: (mode) => call("chmod", () => file.chmod(mode)),
      backdate: () => call("backdate", () => file.backdate()),
      chown: (uid, gid) => call("chown", () => file.chown(uid, gid)),
      stat: () => call("fileStat", () => file.stat()),
      sync: () => call("sync", () => file.sync()),
      syncData: () => call("syncData", () => file.syncData()),
      close: () => call("close", () => file.close()),
    };
  }

  async #call<T>(
    disk: SimulatedFileSystem,
    kind: string,
    path: string,
    effect: () => Promise<T>,
  ): Promise<T> {
    if (!this.#fails(kind)) return await effect();
    const { when, code } = this.#fault!;
    const error = injectedError(code, kind, path);
    // A file system without a sync of directories makes their entries durable by itself.
    const isUnsupported = kind === "syncDirectory" && UNSUPPORTED.includes(code ?? "");
    if (when === "after" || isUnsupported) await effect();
    // Pending blocks may have reached the disk or not, and no later fsync tells. Where nothing
    // is found to open, nothing was synced.
    else if (/sync/i.test(kind) && code !== "ENOENT") disk.failSync(path);
    throw error;
  }

  #fails(kind: string): boolean {
    if (this.#state === "idle" || this.#fault === undefined) {
      if (this.#state === "armed") this.calls.push(kind);
      return false;
    }
    const { at, lasts } = this.#fault;
    if (this.#kind !== undefined) {
      if (lasts === "once") return false;
      return lasts === "spell" ? this.#state === "armed" : this.#kind === kind;
    }
    if (this.#state === "over") return false;
    this.calls.push(kind);
    if (this.calls.length <= at) return false;
    this.#kind = kind;
    this.onStrike();
    return true;
  }
}

function injectedError(code: string | undefined, kind: string, path: string): Error {
  const error = new Error(`${code ?? "no code"}: ${kind} "${path}" was made to fail`);
  return code === undefined ? error : Object.assign(error, { code });
}
