/**
 * Carries out the jobs of a run, in a mount namespace and a process namespace of its own: when it
 * ends, in whatever way, the kernel ends all that it has started, and unmounts all that it mounted.
 *
 *     unshare … campaign.ts '{"jobs":[…],"lanes":2,"folder":…,"executables":{…}}'
 *
 * It ends early when its standard input does. Each line that it prints is JSON: a `News`.
 */
import { writeSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Child } from "../../lib/child.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import type { Job, JobResult } from "./job.ts";
import { Shell } from "./shell.ts";

/** What is carried out. */
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

/** What a campaign tells. */
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

if (import.meta.main) {
  process.stdin.on("end", () => process.exit(1)).resume();
  await run(JSON.parse(process.argv[2]));
  process.exit(0);
}
