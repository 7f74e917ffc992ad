import { truncate, writeFile } from "node:fs/promises";
import type { Shell } from "./shell.ts";

/** A file system of the kernel, made and mounted in one way. */
export interface FileSystemKind {
  readonly name: string;
  readonly family: Family;
  /** The size of its disk in MiB; the image of the disk is a sparse file. */
  readonly size: number;
  readonly make: readonly string[];
  /** Mount options. */
  readonly options: string;
  /** Whether it has no journal, so that a boot after a power cut runs e2fsck first. */
  readonly needsCheck?: boolean;
  /** Why the store must lose data on it; `undefined` if it must not. */
  readonly mustLose?: string;
  /** Why a loss on it is shown and does not fail the run; `undefined` if it does. */
  readonly isUnreliable?: string;
}

export const FAMILIES = ["ext4", "xfs", "btrfs"] as const;

export type Family = (typeof FAMILIES)[number];

const MAKE_EXT4 = ["mkfs.ext4", "-q", "-b", "4096"];

const ext4 = (
  name: string,
  options: string,
  make: readonly string[] = [],
  more: Partial<FileSystemKind> = {},
): FileSystemKind => ({
  name,
  family: "ext4",
  size: 64,
  make: [...MAKE_EXT4, ...make],
  options,
  ...more,
});

/** The file systems that the store must lose nothing on, but for those that lose by themselves. */
export const FILE_SYSTEMS: readonly FileSystemKind[] = [
  ext4("ext4", "data=ordered"),
  { name: "xfs", family: "xfs", size: 320, make: ["mkfs.xfs", "-q"], options: "nouuid" },
  { name: "btrfs", family: "btrfs", size: 128, make: ["mkfs.btrfs", "-q"], options: "nodiscard" },
  ext4("ext4-writeback", "data=writeback"),
  ext4("ext4-data", "data=journal"),
  ext4("ext4-fast-commit", "data=ordered", ["-O", "fast_commit"], {
    // A program of a few lines, without the store, that synced each step and each directory.
    isUnreliable: "on Linux 6.18 the kernel could not repair it after 16 of 1000 power cuts that " +
      "took nothing, below a plain program; without fast_commit after none of 1000",
  }),
  ext4("ext4-no-journal", "rw", ["-O", "^has_journal"], { needsCheck: true }),
  // Inodes of 128 bytes have no room for fractions of a second.
  ext4("ext4-seconds", "data=ordered", ["-I", "128"]),
];

/** Mounted so that it never tells the disk to flush: the store cannot keep its promises. */
export const NO_BARRIER: FileSystemKind = ext4("ext4-no-barrier", "barrier=0", [], {
  mustLose: "the file system never flushes the disk",
});

/** The file system of that name. */
export function fileSystemOf(name: string): FileSystemKind {
  return [...FILE_SYSTEMS, NO_BARRIER].find((each) => each.name === name)!;
}

/** Makes an empty file system in a new image of a disk. */
export async function makeImage(kind: FileSystemKind, image: string, shell: Shell): Promise<void> {
  await writeFile(image, "");
  await truncate(image, kind.size * 2 ** 20);
  await shell.must(...kind.make, image);
}

/** Mounts a block device, or an image of one, at a directory. */
export async function mount(
  { family, options }: FileSystemKind,
  source: { readonly device: string } | { readonly image: string },
  directory: string,
  shell: Shell,
): Promise<string | undefined> {
  // Btrfs remembers each device that it has seen, and takes the next image of the same for it.
  if (family === "btrfs") await shell.run("btrfs", "device", "scan", "--forget");
  const isImage = "image" in source;
  const path = isImage ? source.image : source.device;
  const all = isImage ? `loop,${options}` : options;
  const { status, output } = await shell.run("mount", "-t", family, "-o", all, path, directory);
  return status === 0 ? undefined : output.trim();
}

/** Repairs a file system that has no journal, as a boot does. */
export async function checkAtBoot(path: string, shell: Shell): Promise<string | undefined> {
  const { status, output } = await shell.run("e2fsck", "-fy", path);
  // 1 and 2: errors were found and corrected.
  return status <= 2 ? undefined : output.trim();
}
