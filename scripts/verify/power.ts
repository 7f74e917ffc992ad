#!/usr/bin/env -S deno run -A
/**
 * Cuts the power below the kernel's own file systems, `deno task power`: a disk records what a
 * writer has it write and flush, every content that a power cut may leave is rebuilt as an image,
 * mounted, and loaded.
 *
 * @module
 */
import process from "node:process";
import { type Io, paint } from "../lib/io.ts";
import { flag, JSON_LINE, one, runtimes, some, text, wholeNumber } from "../lib/options.ts";
import { processIo } from "../lib/process_io.ts";
import { RUNTIMES } from "../lib/runtimes.ts";
import { runTask, type Task } from "../lib/task.ts";
import { UsageError } from "../lib/usage_error.ts";
import { FAMILIES } from "./power/file_systems.ts";
import { asJson, asText, isGood } from "./power/report.ts";
import { obstacle, usableFamilies } from "./power/requirements.ts";
import { cutPower } from "./power/cut_power.ts";

/** The slice for CI, which takes about a minute. */
const SLICE = 1200;

const UNITS = ["512", "4096"] as const;

const OPTIONS = {
  fs: some(
    "FS",
    "ext4, xfs, btrfs, with commas between them, or all, which is the default",
    FAMILIES,
  ),
  images: wholeNumber("N", "how many images are checked, 20000 by default", 1),
  slice: flag(`a minute's worth: --images ${SLICE}, and each sabotage on one file system only`),
  unit: one(
    "BYTES",
    "what is written whole or not at all: 4096 by default, or 512",
    UNITS,
    "4096",
  ),
  runtime: runtimes(
    "which runtimes write: deno, bun, node, or all, which is the default",
    RUNTIMES,
  ),
  seed: text("S", "repeat the choices of an earlier run; what the kernel writes varies"),
  resume: text("FILE", "keep what is done in FILE, and go on from there; Ctrl-C loses little"),
  lanes: wholeNumber(
    "N",
    "how many writers are recorded and checked at a time, 2 by default",
    1,
    2,
  ),
  json: JSON_LINE,
};

const TASK: Task<typeof OPTIONS> = {
  name: "power",
  action: "cut the power",
  summary:
    `Cuts the power below ext4, xfs and btrfs, and looks whether the store keeps its promises.`,
  usage: ["[--fs FS] [--images N | --slice] [--seed S] [options]"],
  options: OPTIONS,
  details:
    `A disk that records writes and flushes lies below a real file system. What a flush covers is
there after a power cut; of the rest any part may be. Each image is mounted, so that the kernel
repairs it, and the store is opened, persisted to and opened again. Writers that must lose are
checked in the same run; if one does not, the run fails.

Needs Linux, root, /dev/fuse, loop devices, and mkfs of the file systems; what cannot be checked
here is named and skipped. All mounts and processes are in namespaces of their own and end with it.
The image of each loss is kept in .power.`,
  examples: [
    "--slice",
    "--fs ext4 --images 5000 --seed 7",
    "--images 100000 --resume power.json",
  ],
  exitCodes:
    "0 nothing was lost that was promised, and all that must lose did, or it was skipped, " +
    "1 not so, 130 interrupted",
  async run({ fs, images, slice, unit, runtime, seed, resume, lanes, json }, io) {
    if (slice && images !== undefined) {
      throw new UsageError("--slice and --images exclude each other");
    }
    const why = obstacle();
    if (why !== undefined) return skip(why, json, io);
    const { usable, skipped } = usableFamilies(fs);
    if (usable.length === 0) return skip(skipped.join("; "), json, io);
    const plan = {
      families: usable,
      runtimes: runtime,
      images: slice ? SLICE : images ?? 20_000,
      seed: seed ?? String(io.now()),
      unit: Number(unit),
    };
    const report = await cutPower(plan, { resume, lanes, skipped, shows: !json }, io);
    io.out(json ? asJson(report) : asText(report, io));
    if (!isGood(report)) return 1;
    return report.isComplete ? 0 : 130;
  },
};

function skip(why: string, json: boolean, io: Io): number {
  io.out(
    json
      ? JSON.stringify({ skipped: [why] }) + "\n"
      : paint(io, "yellow", `Skipped: ${why}`) + "\n",
  );
  return 0;
}

/** Runs the task and returns its exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runTask(TASK, argv, io);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), processIo());
