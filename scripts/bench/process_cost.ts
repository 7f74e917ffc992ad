import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

/** What a process cost, from its start. */
export interface Outcome {
  /** Milliseconds until it had printed something. */
  readonly first: number;
  /** Milliseconds until it had ended. */
  readonly all: number;
  /** The most memory that it held; NaN where the system does not tell. */
  readonly megabytes: number;
}

const EVERY_MS = 20;

/**
 * Runs a program and reads all that it prints.
 *
 * @param isHead Whether the reader goes away after the first piece.
 * @returns `undefined` if there is no such program.
 * @throws {Error} If it fails.
 */
export async function runToEnd(
  [program, ...args]: readonly string[],
  isHead: boolean,
): Promise<Outcome | undefined> {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let first = NaN;
  let errors = "";
  let kilobytes = NaN;
  let isRunning = true;
  child.stderr.on("data", (text) => errors += text);
  child.stdout.on("data", () => {
    if (Number.isNaN(first)) first = performance.now() - begin;
    if (isHead) child.stdout.destroy();
  });
  const ended = once(child, "close").then(([code]) => code, (error) => error);
  const memory = (async () => {
    while (isRunning) {
      kilobytes = await peakOf(child.pid) ?? kilobytes;
      await setTimeout(EVERY_MS);
    }
  })();
  const code = await ended;
  const all = performance.now() - begin;
  isRunning = false;
  await memory;
  if (code instanceof Error && "code" in code && code.code === "ENOENT") return undefined;
  if (code !== 0) throw new Error(`Cannot run "${program}": it ended with ${code}\n${errors}`);
  return { first, all, megabytes: kilobytes / 1000 };
}

/** The most memory that a process has held so far, in kilobytes; only Linux tells. */
async function peakOf(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes);
}
