import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Child } from "../../lib/child.ts";
import type { Io } from "../../lib/io.ts";
import { Progress } from "../../lib/progress.ts";
import { findExecutable, type Runtime, RUNTIMES } from "../../lib/runtimes.ts";
import { UsageError } from "../../lib/usage_error.ts";
import { readState, writeState } from "../../lib/state_file.ts";
import type { Campaign, News } from "./campaign.ts";
import { planJobs, type PlanOptions } from "./plan.ts";
import type { PowerReport } from "./report.ts";
import { PRIVATE } from "./requirements.ts";
import type { Outcome } from "./tally.ts";

/** How a run is carried out. */
export interface RunOptions {
  /** Where the outcomes are kept, to go on from. */
  readonly resume?: string;
  readonly lanes: number;
  readonly skipped: readonly string[];
  /** Whether a terminal shows how far it is. */
  readonly shows: boolean;
}

/** The content of the file of `--resume`. */
interface State {
  readonly plan: PlanOptions;
  readonly outcomes: Record<number, Outcome>;
}

const VERSION = 1;
const EVIDENCE = ".power";
const CAMPAIGN = fileURLToPath(new URL("campaign.ts", import.meta.url));
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Carries out a plan, in namespaces that end with this process. */
export async function cutPower(
  plan: PlanOptions,
  options: RunOptions,
  io: Io,
): Promise<PowerReport> {
  const state = await begin(plan, options.resume);
  const jobs = planJobs(state.plan);
  const isLeft = (index: number) => state.outcomes[index]?.result === undefined;
  const began = io.now();
  await carryOut(
    {
      jobs: jobs.flatMap((job, index) => isLeft(index) ? [{ index, job }] : []),
      lanes: options.lanes,
      evidence: resolve(EVIDENCE),
    },
    state,
    options,
    io,
  );
  const outcomes = jobs.map((job, index) => state.outcomes[index] ?? { job });
  return {
    seed: state.plan.seed,
    store: outcomes.filter(({ job }) => !job.mustLose),
    sabotaged: outcomes.filter(({ job }) => job.mustLose),
    skipped: options.skipped,
    seconds: (io.now() - began) / 1000,
    isComplete: jobs.every((_, index) => state.outcomes[index] !== undefined),
  };
}

/** The state to go on from: that of an earlier run of the same plan, or a new one. */
async function begin(plan: PlanOptions, resume: string | undefined): Promise<State> {
  const earlier = resume && await readState<State>(resume, VERSION);
  if (!earlier) return { plan, outcomes: {} };
  const { seed } = earlier.plan;
  if (JSON.stringify({ ...plan, seed }) === JSON.stringify(earlier.plan)) return earlier;
  const { families, images, unit } = earlier.plan;
  throw new UsageError(
    `--resume "${resume}" was begun with --fs ${families.join(",")} ` +
      `--images ${images} --unit ${unit}`,
  );
}

async function carryOut(
  campaign: Pick<Campaign, "jobs" | "lanes" | "evidence">,
  state: State,
  { resume, shows }: RunOptions,
  io: Io,
): Promise<void> {
  const executables = await findExecutables();
  await mkdir(campaign.evidence, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "power-"));
  const command = [executables.deno, "run", "--quiet", "--no-lock", "-A", CAMPAIGN];
  const argument = JSON.stringify({ ...campaign, folder, executables } satisfies Campaign);
  // A group of its own, so that a Ctrl-C does not reach it: it cleans up when its input ends.
  const child = new Child([...PRIVATE, ...command, argument], { isGroup: true });
  const interrupt = () => child.hangUp();
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const all = campaign.jobs.reduce((sum, { job }) => sum + (job.mustLose ? 0 : job.images), 0);
  const progress = new Progress(io, { unit: "images", isShown: shows });
  let done = 0;
  try {
    for (let line = await child.take(); line !== undefined; line = await child.take()) {
      const news: News = JSON.parse(line);
      if (news.news === "image") progress.draw(Math.min(++done, all), all);
      else {
        const { job } = campaign.jobs.find(({ index }) => index === news.index)!;
        state.outcomes[news.index] = news.news === "done"
          ? { job, result: news.result }
          : { job, failure: news.why };
        if (resume !== undefined) await writeState(resume, VERSION, state);
      }
    }
    const { errors } = await child.ended;
    if (errors !== "") throw new Error(errors.trim());
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    progress.clear();
    child.hangUp();
    await child.ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function findExecutables(): Promise<Record<Runtime, string>> {
  const found = RUNTIMES.map(async (each) => [each, await findExecutable(each)]);
  return Object.fromEntries(await Promise.all(found));
}
