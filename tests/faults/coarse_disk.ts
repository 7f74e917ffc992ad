import { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { type FileInfo, tickOf } from "../../src/file/fs/file_info.ts";
import type { FileSystem, WritableFile } from "../../src/file/fs/file_system.ts";
import { DiskProcess } from "./disk_process.ts";

/** The clock of the machine when the disk is made: the begin of a second, and of an even one. */
const START = Date.UTC(2026, 10, 30);
/** How long a change of the disk takes. */
const CHANGE_MS = 0.001;

/** A disk whose times, those of directories too, are in whole units, and the clock beside it. */
export class CoarseDisk {
  readonly disk = new SimulatedDisk();
  readonly #unitMs: number;
  /** How much time has passed, beside that which changes take, from which change on. */
  readonly #passed: { readonly since: number; readonly ms: number }[] = [];
  /** Times that were set: for which file, after which change, and to what. */
  readonly #set = new Map<FileInfo["ino"], { readonly change: number; readonly ms: number }>();

  /** `unitMs` is 1000 for ext3 or HFS+, and 2000 for FAT; `phaseMs` how far the first unit is. */
  constructor(unitMs: number, phaseMs: number) {
    this.#unitMs = unitMs;
    this.pass(phaseMs);
  }

  /** Milliseconds since 1970, as the process sees them. */
  get now(): number {
    return this.#timeAfter(this.disk.clock, () => true);
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#passed.push({ since: this.disk.clock, ms });
  }

  /** A process on this disk. */
  process(): DiskProcess {
    const fs = new SimulatedFileSystem(this.disk);
    const replaced: Partial<FileSystem> = {
      readFile: async (path) => {
        const { bytes, info } = await fs.readFile(path);
        return { bytes, info: this.#coarse(info) };
      },
      stat: async (path) => {
        const info = await fs.stat(path);
        return info && this.#coarse(info);
      },
      create: async (path) => this.#file(await fs.create(path)),
      now: () => this.now,
      pause: async (ms) => this.pass(ms),
    };
    return new DiskProcess(this.disk, replaced);
  }

  /** Runs something while the process's clock is this one. */
  async run(act: () => Promise<void>): Promise<void> {
    const { now } = Date;
    Date.now = () => Math.floor(this.now);
    try {
      await act();
    } finally {
      Date.now = now;
    }
  }

  #file(file: WritableFile): WritableFile {
    return {
      ...file,
      stat: async () => this.#coarse(await file.stat()),
      backdate: async (byMs: number = 2 * tickOf(0)) => {
        const ms = this.now - byMs;
        await file.backdate();
        const { ino } = await file.stat();
        this.#set.set(ino, { change: this.disk.clock, ms });
      },
    };
  }

  #coarse(info: FileInfo): FileInfo {
    const node = this.disk.nodes.get(Number(info.ino))!;
    const set = this.#set.get(info.ino);
    const ms = set?.change === node.mtime ? set.ms : this.#timeOf(node.mtime);
    return { ...info, mtimeMs: Math.floor(ms / this.#unitMs) * this.#unitMs };
  }

  #timeOf(change: number): number {
    return this.#timeAfter(change, (since) => since < change || since === 0);
  }

  #timeAfter(change: number, counts: (since: number) => boolean): number {
    const passed = this.#passed.filter(({ since }) => counts(since));
    return passed.reduce((sum, { ms }) => sum + ms, START + change * CHANGE_MS);
  }
}
