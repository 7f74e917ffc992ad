import { setImmediate } from "node:timers/promises";
import { LocalFileOffsetStore, type OpenOptions } from "../../mod.ts";
import { wrap } from "../../scripts/verify/disk/replace_calls.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import type { FileSystem, WritableFile } from "../../src/file/fs/file_system.ts";
import { type Call, type Fault, FaultyFileSystem } from "../support/faulty_file_system.ts";

export const ROOT = "/root";
export const DIRECTORY = "/root/c/g";
export const MAIN = "/root/c/g/offset.json";
export const JOURNAL = `${MAIN}.journal`;
export const BACKUP = `${MAIN}.bak`;
export const LOCK = `${MAIN}.lock`;

/** One process on a simulated disk: its calls can be watched, made to fail, or stopped for ever. */
export class DiskProcess {
  /** The calls of this process; see `FaultyFileSystem`. */
  readonly system: FaultyFileSystem;
  /** The same disk without the watch, for what others do to it. */
  readonly disk: SimulatedFileSystem;
  /** How many files it holds open. */
  openFiles = 0;

  /** `replaced` are calls that the simulated file system is not asked for. */
  constructor(disk: SimulatedDisk, replaced: Partial<FileSystem> = {}) {
    this.disk = new SimulatedFileSystem(disk);
    // A pause ends in another turn of the event loop, so that others go on.
    const pause = () => setImmediate();
    const create = (path: string) => this.#create(path);
    this.system = new FaultyFileSystem(wrap(this.disk, { pause, create, ...replaced }));
  }

  async #create(path: string): Promise<WritableFile> {
    const file = await this.disk.create(path);
    this.openFiles++;
    const close = async () => {
      await file.close();
      this.openFiles--;
    };
    return { ...file, close };
  }

  /** Opens the store at `MAIN`. */
  open(options: Partial<OpenOptions> = {}): Promise<LocalFileOffsetStore> {
    const { fileSystem } = this.system;
    return LocalFileOffsetStore.open({
      clientId: "c",
      group: "g",
      root: ROOT,
      fileSystem,
      ...options,
    });
  }

  /** Has the given calls fail, for as long as `restore` is not called. */
  fail(...faults: Fault[]): void {
    this.system.faults.push(...faults);
  }

  /** Ends all failures and all that comes before a call. */
  restore(): void {
    this.system.faults = [];
    this.system.before = () => {};
  }

  /** Kills the process: no call that begins from now on is made, and none returns. */
  kill(): void {
    this.system.before = () => new Promise(() => {});
  }

  /** Has everything that this process calls from now on be listed, as `unlink /root/c/g/…`. */
  watch(): string[] {
    const calls: string[] = [];
    this.system.before = ({ name, path }: Call) => void calls.push(`${name} ${path}`);
    return calls;
  }
}
