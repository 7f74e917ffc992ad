import type { MaybePromise } from "../../../src/file/fs/maybe_promise.ts";
import { isMissing } from "../../../src/file/errors/error_code.ts";
import type { FileInfo, FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";
import { BLOCK, type Ino, ROOT, type SimulatedDisk } from "./simulated_disk.ts";

export interface SimulationOptions {
  /** Whether a rename falls apart: remove the destination, add it anew, remove the source. */
  readonly splitRename?: boolean;
  /** Is called before each micro-operation, with what it will be. */
  readonly beforeStep?: (what: string) => void;
}

const MOST_RESERVED = 2.5 * BLOCK;

/** An error as `node:fs` makes it. */
export function systemError(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${call} "${path}"`), { code, syscall: call, path });
}

/**
 * The shell's file system on a simulated disk: every change is one or more micro-operations.
 *
 * Links are not simulated, since the store follows them once, at open.
 */
export class SimulatedFileSystem implements FileSystem {
  readonly disk: SimulatedDisk;
  readonly #splitRename: boolean;
  readonly #beforeStep: (what: string) => void;
  #answers: number;

  constructor(disk: SimulatedDisk, options: SimulationOptions = {}) {
    this.disk = disk;
    // Each process that comes after a crash begins in another place of the pattern.
    this.#answers = disk.clock;
    this.#splitRename = options.splitRename ?? false;
    this.#beforeStep = options.beforeStep ?? (() => {});
  }

  async readFile(path: string): Promise<{ bytes: Uint8Array; info: FileInfo }> {
    const ino = this.#find("open", path);
    if (this.disk.nodes.get(ino)!.kind === "directory") throw systemError("EISDIR", "read", path);
    return { bytes: this.disk.file(ino).data, info: this.#info(ino) };
  }

  stat(path: string): MaybePromise<FileInfo | undefined> {
    return this.#answer(() => {
      try {
        return this.#info(this.#find("stat", path));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
  }

  /**
   * Mostly at once, as the real file system does what each persist calls; now and then later. The
   * kinds of persists make three, four, six or nine such calls: by sevens, each of them does both.
   */
  #answer<T>(call: () => T): MaybePromise<T> {
    return ++this.#answers % 7 < 2 ? (async () => call())() : call();
  }

  async readLink(path: string): Promise<string | undefined> {
    this.#find("readlink", path);
    return undefined;
  }

  async readDirectory(path: string): Promise<string[]> {
    return [...this.#directory("scandir", path).entries.keys()];
  }

  async create(path: string): Promise<WritableFile> {
    const { directory, name, ino } = this.#locate("open", path);
    if (ino !== undefined) throw systemError("EEXIST", "open", path);
    this.#beforeStep(`create ${path}`);
    const created = this.disk.add("file");
    this.disk.changeEntries(`entry of ${path}`, [{ directory, name, ino: created }]);
    return this.#writable(created, path);
  }

  /** Opens for writing without O_EXCL, cutting what is there: not the store's, but others' way. */
  async truncate(path: string): Promise<WritableFile> {
    const { ino } = this.#locate("open", path);
    if (ino === undefined) return await this.create(path);
    this.#beforeStep(`cut ${path} to nothing`);
    this.disk.changeData(ino, "truncate");
    return this.#writable(ino, path);
  }

  async syncFile(path: string): Promise<void> {
    const ino = this.#find("open", path);
    this.#beforeStep(`fsync ${path}`);
    this.#sync(ino);
  }

  async syncDirectory(path: string): Promise<void> {
    await this.syncFile(path);
  }

  /** An fsync that fails: what was pending is in doubt from now on. */
  failSync(path: string): void {
    this.#beforeStep(`fsync ${path}, which fails`);
    this.disk.failSync(this.#find("open", path));
  }

  async link(existing: string, path: string): Promise<void> {
    const ino = this.#find("link", existing);
    const { directory, name, ino: taken } = this.#locate("link", path);
    if (taken !== undefined) throw systemError("EEXIST", "link", path);
    if (this.disk.nodes.get(ino)!.kind === "directory") throw systemError("EPERM", "link", path);
    this.#beforeStep(`link ${existing} as ${path}`);
    this.disk.changeEntries(`second entry ${path}`, [{ directory, name, ino }]);
  }

  async rename(from: string, to: string): Promise<void> {
    const { ino, ...source } = this.#locate("rename", from);
    const target = this.#locate("rename", to);
    if (ino === undefined) throw systemError("ENOENT", "rename", from);
    if (to.startsWith(`${from}/`)) throw systemError("EINVAL", "rename", to);
    if (from.startsWith(`${to}/`)) throw systemError("ENOTEMPTY", "rename", to);
    if (target.ino !== undefined && target.ino !== ino) this.#checkReplace(ino, target.ino, to);
    // POSIX: two names of one file are left as they are.
    if (ino === target.ino) return;
    const gone = { directory: source.directory, name: source.name, ino: undefined };
    const put = { directory: target.directory, name: target.name, ino };
    if (!this.#splitRename) {
      this.#beforeStep(`rename ${from} to ${to}`);
      this.disk.changeEntries(`rename to ${to}`, [gone, put]);
      return;
    }
    if (target.ino !== undefined) {
      this.#beforeStep(`rename, first third: remove ${to}`);
      this.disk.changeEntries(`removal of ${to}`, [{ ...put, ino: undefined }]);
    }
    this.#beforeStep(`rename, second third: add ${to}`);
    this.disk.changeEntries(`new entry ${to}`, [put]);
    this.#beforeStep(`rename, last third: remove ${from}`);
    this.disk.changeEntries(`removal of ${from}`, [gone]);
  }

  #checkReplace(ino: Ino, replaced: Ino, path: string): void {
    const [node, other] = [ino, replaced].map((each) => this.disk.nodes.get(each)!);
    if (node.kind === "directory" && other.kind === "file") {
      throw systemError("ENOTDIR", "rename", path);
    }
    if (other.kind === "file") return;
    if (node.kind === "file") throw systemError("EISDIR", "rename", path);
    if (other.entries.size > 0) throw systemError("ENOTEMPTY", "rename", path);
  }

  async unlink(path: string): Promise<void> {
    const ino = this.#find("unlink", path);
    if (this.disk.nodes.get(ino)!.kind === "directory") throw systemError("EISDIR", "unlink", path);
    const { directory, name } = this.#locate("unlink", path);
    this.#beforeStep(`unlink ${path}`);
    this.disk.changeEntries(`removal of ${path}`, [{ directory, name, ino: undefined }]);
  }

  async makeDirectory(path: string): Promise<void> {
    const { directory, name, ino } = this.#locate("mkdir", path);
    if (ino !== undefined) throw systemError("EEXIST", "mkdir", path);
    this.#beforeStep(`mkdir ${path}`);
    const made = this.disk.add("directory");
    this.disk.changeEntries(`entry of ${path}`, [{ directory, name, ino: made }]);
  }

  async removeDirectory(path: string): Promise<void> {
    if (this.#directory("rmdir", path).entries.size > 0) {
      throw systemError("ENOTEMPTY", "rmdir", path);
    }
    const { directory, name } = this.#locate("rmdir", path);
    this.#beforeStep(`rmdir ${path}`);
    this.disk.changeEntries(`removal of ${path}`, [{ directory, name, ino: undefined }]);
  }

  async pause(): Promise<void> {}

  uniqueName(): string {
    return String(++this.disk.names);
  }

  #writable(ino: Ino, path: string): WritableFile {
    const disk = this.disk;
    return {
      write: (bytes, position) =>
        this.#answer(() => {
          for (let done = 0; done < bytes.length;) {
            const at = position + done;
            const end = done + Math.min(bytes.length - done, BLOCK - at % BLOCK);
            this.#beforeStep(`write block ${Math.floor(at / BLOCK)} of ${path}`);
            disk.changeData(ino, { kind: "block", at, bytes: bytes.slice(done, end) });
            done = end;
          }
          return bytes.length;
        }),
      // As one block, however long: how much of the zeros is there, nobody can tell. And so short
      // that a record may end behind it.
      reserve: async (position, length) => {
        this.#beforeStep(`make room in ${path}`);
        const bytes = new Uint8Array(Math.min(length, MOST_RESERVED));
        disk.changeData(ino, { kind: "block", at: position, bytes });
      },
      // Its clock ticks at each change, so that any time is one of its own.
      backdate: async () => {
        disk.file(ino).mtime = ++disk.clock;
      },
      chmod: async (mode) => {
        disk.file(ino).mode = mode;
      },
      chown: async () => {},
      stat: async () => this.#info(ino),
      sync: async () => {
        this.#beforeStep(`fsync ${path}`);
        this.#sync(ino);
      },
      syncData: () =>
        this.#answer(() => {
          this.#beforeStep(`fdatasync ${path}`);
          this.#sync(ino);
        }),
      close: async () => {},
    };
  }

  #sync(ino: Ino): void {
    if (this.disk.nodes.get(ino)!.kind === "file") this.disk.syncFile(ino);
    else this.disk.syncDirectory(ino);
  }

  #info(ino: Ino): FileInfo {
    const node = this.disk.nodes.get(ino)!;
    const [size, mode] = node.kind === "file" ? [node.data.length, node.mode] : [0, 0o700];
    return {
      dev: 1,
      ino,
      size,
      mtimeMs: node.mtime / 1e6,
      mode,
      uid: 0,
      gid: 0,
    };
  }

  #directory(call: string, path: string) {
    const node = this.disk.nodes.get(this.#find(call, path))!;
    if (node.kind !== "directory") throw systemError("ENOTDIR", call, path);
    return node;
  }

  #find(call: string, path: string): Ino {
    if (path === "/") return ROOT;
    const { ino } = this.#locate(call, path);
    if (ino === undefined) throw systemError("ENOENT", call, path);
    return ino;
  }

  /** Where a path's entry is or would be. */
  #locate(call: string, path: string): { directory: Ino; name: string; ino: Ino | undefined } {
    const names = path.split("/").filter((name) => name !== "");
    const name = names.pop()!;
    let directory = ROOT;
    for (const each of names) {
      const node = this.disk.nodes.get(directory)!;
      if (node.kind !== "directory") throw systemError("ENOTDIR", call, path);
      const next = node.entries.get(each);
      if (next === undefined) throw systemError("ENOENT", call, path);
      directory = next;
    }
    const node = this.disk.nodes.get(directory)!;
    if (node.kind !== "directory") throw systemError("ENOTDIR", call, path);
    return { directory, name, ino: node.entries.get(name) };
  }
}
