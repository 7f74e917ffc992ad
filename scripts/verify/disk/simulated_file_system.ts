import { isMissing } from "../../../src/file/errors/error_code.ts";
import { type FileInfo, tickOf } from "../../../src/file/fs/file_info.ts";
import type { FileSystem, WritableFile } from "../../../src/file/fs/file_system.ts";
import type { PathStyle } from "../../../src/file/path_rules.ts";
import { isBelow, locate, type Place } from "./locate.ts";
import type { Ino, Process, SimulatedDisk } from "./simulated_disk.ts";
import { type Opener, simulatedWritableFile } from "./simulated_writable_file.ts";
import type { SimulationOptions } from "./simulation_options.ts";
import { systemError } from "./system_error.ts";

export { systemError };

/** Long enough for no file to be young, and too short for one to be left over by a dead process. */
const SECONDS_PAST_MS = 10_000;

/**
 * The shell's file system on a simulated disk, as one process sees it: every change is one or more
 * micro-operations.
 *
 * Symbolic links are not simulated, since the store follows them once, at open; nor are the rights
 * to read and to write.
 */
export class SimulatedFileSystem implements FileSystem {
  readonly disk: SimulatedDisk;
  readonly #process: Process;
  readonly #options: SimulationOptions;
  readonly #opener: Opener;

  constructor(disk: SimulatedDisk, options: SimulationOptions = {}) {
    this.disk = disk;
    this.#process = ++disk.processes;
    this.#options = options;
    this.#opener = {
      disk,
      user: options.user ?? { uid: 0, gid: 0 },
      // Where no two changes have the same time, there is no need to.
      backdatedBy: options.timesMs === undefined ? 0 : 2 * tickOf(0),
      beforeStep: (what) => options.beforeStep?.(what),
      infoOf: (ino) => this.#info(ino),
    };
  }

  get paths(): PathStyle {
    return this.#options.paths ?? "posix";
  }

  async readFile(path: string): Promise<{ bytes: Uint8Array; info: FileInfo }> {
    const ino = this.#find("open", path);
    if (this.disk.nodes.get(ino)!.kind === "directory") throw systemError("EISDIR", "read", path);
    return { bytes: this.disk.file(ino).data, info: this.#info(ino) };
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    try {
      return this.#info(this.#find("stat", path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
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
    this.#opener.beforeStep(`create ${path}`);
    const created = this.disk.add("file", this.#opener.user);
    this.disk.changeEntries(`entry of ${path}`, [{ directory, name, ino: created }]);
    return simulatedWritableFile(this.#opener, created, path);
  }

  /** Opens a file as it is, or creates it: not the store's way, but others'. */
  async openInPlace(path: string): Promise<WritableFile> {
    const { ino } = this.#locate("open", path);
    return ino === undefined
      ? await this.create(path)
      : simulatedWritableFile(this.#opener, ino, path);
  }

  /** The same, cutting what is there to nothing. */
  async truncate(path: string): Promise<WritableFile> {
    const { ino } = this.#locate("open", path);
    if (ino !== undefined) {
      this.#opener.beforeStep(`cut ${path} to nothing`);
      this.disk.changeData(ino, { kind: "truncate", length: 0 });
    }
    return await this.openInPlace(path);
  }

  async syncFile(path: string): Promise<void> {
    const ino = this.#find("open", path);
    this.#opener.beforeStep(`fsync ${path}`);
    if (this.disk.nodes.get(ino)!.kind === "file") this.disk.syncFile(ino);
    else this.disk.syncDirectory(ino, this.#process);
  }

  async syncDirectory(path: string): Promise<void> {
    await this.syncFile(path);
  }

  /** An fsync that fails: what was pending is in doubt from now on. */
  failSync(path: string): void {
    this.#opener.beforeStep(`fsync ${path}, which fails`);
    this.disk.failSync(this.#find("open", path));
  }

  async link(existing: string, path: string): Promise<void> {
    const ino = this.#find("link", existing);
    const { directory, name, ino: taken } = this.#locate("link", path);
    if (taken !== undefined) throw systemError("EEXIST", "link", path);
    if (this.disk.nodes.get(ino)!.kind === "directory") throw systemError("EPERM", "link", path);
    this.#opener.beforeStep(`link ${existing} as ${path}`);
    this.disk.changeEntries(`second entry ${path}`, [{ directory, name, ino }]);
  }

  async rename(from: string, to: string): Promise<void> {
    const { ino, ...source } = this.#locate("rename", from);
    const target = this.#locate("rename", to);
    const style = this.paths;
    if (ino === undefined) throw systemError("ENOENT", "rename", from);
    if (isBelow(to, from, style)) throw systemError("EINVAL", "rename", to);
    if (isBelow(from, to, style)) throw systemError("ENOTEMPTY", "rename", to);
    if (target.ino !== undefined && target.ino !== ino) this.#checkReplace(ino, target.ino, to);
    // POSIX: two names of one file are left as they are.
    if (ino === target.ino) return;
    const gone = { directory: source.directory, name: source.name, ino: undefined };
    const put = { directory: target.directory, name: target.name, ino };
    if (!this.#options.splitRename) {
      this.#opener.beforeStep(`rename ${from} to ${to}`);
      this.disk.changeEntries(`rename to ${to}`, [gone, put]);
      return;
    }
    if (target.ino !== undefined) {
      this.#opener.beforeStep(`rename, first third: remove ${to}`);
      this.disk.changeEntries(`removal of ${to}`, [{ ...put, ino: undefined }]);
    }
    this.#opener.beforeStep(`rename, second third: add ${to}`);
    this.disk.changeEntries(`new entry ${to}`, [put]);
    this.#opener.beforeStep(`rename, last third: remove ${from}`);
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
    this.#remove("unlink", path);
  }

  async makeDirectory(path: string): Promise<void> {
    const { directory, name, ino } = this.#locate("mkdir", path);
    if (ino !== undefined) throw systemError("EEXIST", "mkdir", path);
    this.#opener.beforeStep(`mkdir ${path}`);
    const made = this.disk.add("directory", this.#opener.user);
    this.disk.changeEntries(`entry of ${path}`, [{ directory, name, ino: made }], this.#process);
  }

  async chownDirectory(path: string, uid: number, gid: number): Promise<void> {
    const ino = this.#find("open", path);
    const node = this.disk.nodes.get(ino)!;
    if (node.kind !== "directory") throw systemError("ENOTDIR", "open", path);
    if (this.#opener.user.uid !== 0) throw systemError("EPERM", "fchown", path);
    [node.uid, node.gid] = [uid, gid];
  }

  async removeDirectory(path: string): Promise<void> {
    if (this.#directory("rmdir", path).entries.size > 0) {
      throw systemError("ENOTEMPTY", "rmdir", path);
    }
    this.#remove("rmdir", path);
  }

  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    // No time passes for a pause that somebody else ends.
    if (signal?.aborted) return;
    if (signal !== undefined) return await new Promise((end) => signal.onabort = () => end());
    if (this.#options.timesMs !== undefined) this.disk.clock += ms;
  }

  now(): number {
    const { clock } = this.disk;
    return this.#options.timesMs === undefined ? clock / 1e6 + SECONDS_PAST_MS : clock;
  }

  uniqueName(): string {
    const time = this.#options.timesMs === undefined ? 0 : this.now();
    const date = new Date(time).toISOString().replace(/[-:]/g, "");
    return `${date}-${(++this.disk.names).toString(16).padStart(8, "0")}`;
  }

  #remove(call: string, path: string): void {
    const { directory, name } = this.#locate(call, path);
    this.#opener.beforeStep(`${call} ${path}`);
    this.disk.changeEntries(`removal of ${path}`, [{ directory, name, ino: undefined }]);
  }

  #info(ino: Ino): FileInfo {
    const node = this.disk.nodes.get(ino)!;
    const { mtime, mode, uid, gid } = node;
    const { timesMs } = this.#options;
    const mtimeMs = timesMs === undefined ? mtime / 1e6 : Math.floor(mtime / timesMs) * timesMs;
    return {
      kind: node.kind,
      dev: 1,
      ino,
      size: node.kind === "file" ? node.data.length : 0,
      mtimeMs,
      mode,
      uid,
      gid,
    };
  }

  #directory(call: string, path: string) {
    const node = this.disk.nodes.get(this.#find(call, path))!;
    if (node.kind !== "directory") throw systemError("ENOTDIR", call, path);
    return node;
  }

  #find(call: string, path: string): Ino {
    const { ino } = this.#locate(call, path);
    if (ino === undefined) throw systemError("ENOENT", call, path);
    return ino;
  }

  #locate(call: string, path: string): Place {
    return locate(this.disk, this.paths, call, path);
  }
}
