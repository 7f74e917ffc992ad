/**
 * Carries out the jobs of a run, as the first process of a process namespace and a mount namespace
 * of its own: nothing that it starts or mounts outlives it.
 *
 *     unshare … campaign.ts '{"jobs":[…],"lanes":2,"folder":…,"executables":{…}}'
 *
 * When its standard input ends, it ends all that it has started, cleans up, and ends itself. Each
 * line that it prints is JSON: a `News`.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Child } from "../../lib/child.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import type { Job, JobResult } from "./job.ts";
import { Shell } from "./shell.ts";

/** The jobs of a campaign. */
export interface Campaign {
  readonly jobs: readonly { readonly index: number; readonly job: Job }[];
  /** How many jobs are under way at a time. */
  readonly lanes: number;
  /** An empty directory, over which a file system in memory is mounted. */
  readonly folder: string;
  /** Where the images of losses are kept. */
  readonly evidence: string;
  readonly executables: Readonly<Record<Runtime, string>>;
}

/** The events of a campaign. */
export type News =
  | { readonly news: "image" }
  | { readonly news: "done"; readonly index: number; readonly result: JobResult }
  | { readonly news: "failed"; readonly index: number; readonly why: string };

/** A job that says nothing for so long hangs. */
const PATIENCE_MS = 120_000;
const JOB = fileURLToPath(new URL("job.ts", import.meta.url));

const tell = (news: News) => void writeSync(1, JSON.stringify(news) + "\n");

async function run({ jobs, lanes, ...how }: Campaign): Promise<void> {
  const shell = new Shell();
  await shell.must("mount", "-t", "tmpfs", "-o", "mode=700", "power", how.folder);
  await shell.close();
  const left = [...jobs];
  await Promise.all(Array.from({ length: lanes }, async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { index, job } = next;
      const folder = join(how.folder, String(index));
      await mkdir(folder);
      tell(await runJob(index, job, { ...how, folder }));
      await rm(folder, { recursive: true, force: true });
    }
  }));
}

async function runJob(
  index: number,
  job: Job,
  how: Pick<Campaign, "folder" | "evidence" | "executables">,
): Promise<News> {
  const { executables: { deno } } = how;
  const argument = JSON.stringify({ job, ...how });
  const child = new Child([deno, "run", "--quiet", "--no-lock", "-A", JOB, argument]);
  let isHung = false;
  const giveUp = () => {
    isHung = true;
    child.kill();
  };
  let result: JobResult | undefined;
  for (;;) {
    const timer = setTimeout(giveUp, PATIENCE_MS);
    const line = await child.take();
    clearTimeout(timer);
    if (line === undefined) break;
    if (line.startsWith("R")) result = JSON.parse(line.slice(1));
    else tell({ news: "image" });
  }
  const { errors } = await child.ended;
  if (result !== undefined) return { news: "done", index, result };
  return { news: "failed", index, why: isHung ? "it hangs" : errors.trim() };
}

/**
 * Ends all other processes, and unmounts and detaches what they have left.
 *
 * The end of the namespaces would do most of that, but not detach a loop device that was not yet
 * mounted.
 */
function cleanUp(folder: string): void {
  // To a process of a namespace, -1 is all others in it but the first.
  spawnSync("kill", ["-KILL", "-1"]);
  const nap = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 100 && isAnyAlive(); i++) Atomics.wait(nap, 0, 0, 50);
  const lines = (command: string, ...args: string[]) =>
    spawnSync(command, args, { encoding: "utf8" }).stdout.trim().split("\n");
  const mounted = lines("findmnt", "--noheadings", "--raw", "--output", "TARGET");
  for (const target of mounted.filter((each) => each.startsWith(`${folder}/`)).reverse()) {
    spawnSync("umount", ["--force", target]);
  }
  for (const line of lines("losetup", "--noheadings", "--raw", "--output", "NAME,BACK-FILE")) {
    const [device, file = ""] = line.split(" ");
    if (file.startsWith(`${folder}/`)) spawnSync("losetup", ["--detach", device]);
  }
}

/** Whether another process of the namespace is alive; one that waits for the disk dies late. */
function isAnyAlive(): boolean {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== "1");
  return processes.some((id) => {
    try {
      return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, "utf8"));
    } catch {
      // It is gone by now.
      return false;
    }
  });
}

if (import.meta.main) {
  const campaign: Campaign = JSON.parse(process.argv[2]);
  process.stdin.on("end", () => {
    cleanUp(campaign.folder);
    process.exit(1);
  }).resume();
  await run(campaign);
  process.exit(0);
}
