import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import {
  ROOT as ROOT_INODE,
  type SimulatedDisk,
} from "../../scripts/verify/disk/simulated_disk.ts";
import {
  SimulatedFileSystem,
  systemError,
} from "../../scripts/verify/disk/simulated_file_system.ts";
import type { WritableFile } from "../../src/file/fs/file_system.ts";
import { DiskProcess } from "./disk_process.ts";

/** The unit in which a file takes room. */
const PAGE = 4096;
const pagesOf = (bytes: number) => Math.ceil(bytes / PAGE);

/** A disk that has room for so many pages of files, as a small tmpfs has. */
export class SmallDisk {
  readonly disk: SimulatedDisk;
  readonly #pages: number;

  private constructor(disk: SimulatedDisk, pages: number) {
    this.disk = disk;
    this.#pages = pages;
  }

  static async make(pages: number): Promise<SmallDisk> {
    return new SmallDisk(await diskWith(), pages);
  }

  /** How many pages are free. */
  get free(): number {
    const seen = new Set<number>();
    const visit = (ino: number): number => {
      if (seen.has(ino)) return 0;
      seen.add(ino);
      const node = this.disk.nodes.get(ino)!;
      if (node.kind === "file") return pagesOf(node.data.length);
      return [...node.entries.values()].reduce((sum, child) => sum + visit(child), 0);
    };
    return this.#pages - visit(ROOT_INODE);
  }

  /** A process on this disk. */
  process(): DiskProcess {
    const fs = new SimulatedFileSystem(this.disk);
    return new DiskProcess(this.disk, {
      create: async (path) => this.#limited(path, await fs.create(path)),
    });
  }

  /** Somebody takes all the room that is left, but for so many pages. */
  async fill(but: number): Promise<void> {
    const file = await new SimulatedFileSystem(this.disk).create("/root/full");
    const pages = this.free - but;
    for (let page = 0; page < pages; page++) await file.write(new Uint8Array([1]), page * PAGE);
    await file.sync();
  }

  #limited(path: string, file: WritableFile): WritableFile {
    const write = async (bytes: Uint8Array, position: number) => {
      const { size } = await file.stat();
      // A short write, as a full disk answers; what is within a page that is there costs nothing.
      const most = (pagesOf(size) + this.free) * PAGE - position;
      if (most <= 0) throw systemError("ENOSPC", "write", path);
      return await file.write(bytes.subarray(0, most), position);
    };
    const reserve = async (position: number, length: number) => {
      for (let at = position; at < position + length;) {
        const end = Math.min(at - at % PAGE + PAGE, position + length);
        at += await write(new Uint8Array(end - at), at);
      }
    };
    return { ...file, write, reserve };
  }
}
