import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import type { Family } from "./file_systems.ts";

/** The command that starts a process with its own mounts and processes, which end with it. */
export const PRIVATE: readonly string[] = [
  "unshare",
  ...["--mount", "--propagation", "private"],
  ...["--pid", "--fork", "--kill-child", "--mount-proc"],
];

/** The programs that all file systems need, or one of them, and Debian's packages of them. */
const PROGRAMS = {
  all: { names: ["unshare", "mount", "umount", "losetup"], package: "mount and util-linux" },
  ext4: { names: ["mkfs.ext4", "e2fsck"], package: "e2fsprogs" },
  xfs: { names: ["mkfs.xfs"], package: "xfsprogs" },
  btrfs: { names: ["mkfs.btrfs", "btrfs"], package: "btrfs-progs" },
} as const;

/** Why no power can be cut here; `undefined` if it can be. */
export function obstacle(): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it must be run by root, since it mounts file systems";
  const program = missingProgram("all");
  if (program !== undefined) return program;
  for (const device of ["/dev/fuse", "/dev/loop-control"]) {
    if (!existsSync(device)) return `there is no ${device}; a container must be given it`;
  }
  if (succeeds([...PRIVATE, "true"])) return undefined;
  return "it may not make a mount namespace; a container must be privileged";
}

/** Why the file systems of a family cannot be used; `undefined` if they can be. */
export function obstacleTo(family: Family): string | undefined {
  const program = missingProgram(family);
  if (program !== undefined) return program;
  if (isKnown(family)) return undefined;
  spawnSync("modprobe", [family], { stdio: "ignore" });
  return isKnown(family) ? undefined : `the kernel does not have ${family}`;
}

/** The families that can be used here, and why the others cannot. */
export function usableFamilies(families: readonly Family[]): {
  readonly usable: readonly Family[];
  readonly skipped: readonly string[];
} {
  const found = families.map((family) => ({ family, why: obstacleTo(family) }));
  return {
    usable: found.filter(({ why }) => why === undefined).map(({ family }) => family),
    skipped: found.filter(({ why }) => why !== undefined).map(({ family, why }) =>
      `${family} is skipped: ${why}`
    ),
  };
}

function missingProgram(kind: keyof typeof PROGRAMS): string | undefined {
  const { names, package: debian } = PROGRAMS[kind];
  const missing = names.find((name) => !succeeds(["sh", "-c", `command -v ${name}`]));
  return missing && `there is no ${missing}; on Debian, apt-get install ${debian} brings it`;
}

function isKnown(family: Family): boolean {
  return readFileSync("/proc/filesystems", "utf8").split(/\s+/).includes(family);
}

function succeeds([program, ...args]: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
