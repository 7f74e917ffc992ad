import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { NotShown } from "./verdict.ts";

const SIZE = "256k";
const PAGE = new Uint8Array(4096);

/** A small file system that the kit mounts and fills. Mounting needs a right. */
export class FullDisk {
  readonly #mountPoint: string;
  #mounted = false;
  #roots = 0;

  constructor(mountPoint: string) {
    this.#mountPoint = mountPoint;
  }

  /** A root directory on it. */
  async newRoot(): Promise<string> {
    if (!this.#mounted) {
      if (!existsSync("/proc/filesystems")) throw new NotShown("only Linux has a tmpfs to fill");
      await mkdir(this.#mountPoint, { recursive: true });
      const { status } = spawnSync("mount", [
        ...["-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", this.#mountPoint],
      ]);
      if (status !== 0) throw new NotShown("no file system may be mounted to be filled");
      this.#mounted = true;
    }
    const root = join(this.#mountPoint, String(++this.#roots));
    await mkdir(root);
    return root;
  }

  /** Fills it to the last page. */
  async fill(): Promise<void> {
    const ballast = await open(join(this.#mountPoint, "ballast"), "w");
    try {
      for (;;) await ballast.write(PAGE);
    } catch {
      // It is full.
    } finally {
      await ballast.close();
    }
  }

  /** Makes room again. */
  async free(): Promise<void> {
    await rm(join(this.#mountPoint, "ballast"), { force: true });
  }

  remove(): void {
    if (this.#mounted) spawnSync("umount", ["-l", this.#mountPoint]);
    this.#mounted = false;
  }
}
