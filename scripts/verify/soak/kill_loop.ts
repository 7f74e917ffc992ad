import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Kill, Lane } from "./lane.ts";
import { findExecutable, type Runtime } from "../../lib/runtimes.ts";
import { prepare } from "../../lib/programs.ts";
import { Random } from "../../lib/random.ts";
import { count, type RuntimeTally, type Tally } from "./tally.ts";

/** How a run of kills is done. */
export interface KillLoopOptions {
  /** Where the stores lie. */
  readonly folder: string;
  readonly lanes: number;
  /** The program that is killed. */
  readonly victim: URL;
  /** Is told of each kill, after it was counted; answers whether to go on. */
  readonly onKill: () => Promise<boolean>;
}

/**
 * Kills until the targets of the tally are reached, and counts in it.
 *
 * @throws {LossError} If anything was lost.
 */
export async function killLoop(tally: Tally, options: KillLoopOptions): Promise<void> {
  const { lanes, victim, onKill } = options;
  // The victims run elsewhere.
  const folder = resolve(options.folder);
  const program = await prepare(victim, folder);
  const executables: Partial<Record<Runtime, string>> = {};
  const runtimes = Object.keys(tally.runtimes) as Runtime[];
  for (const runtime of runtimes) executables[runtime] = await findExecutable(runtime);
  const underWay: Partial<Record<Runtime, number>> = {};
  let isStopping = false;

  /** The runtime that is behind the most, with what is under way. */
  const next = (): Runtime | undefined => {
    const left = (runtime: Runtime) => {
      const { target, kills } = tally.runtimes[runtime]!;
      return target - kills - (underWay[runtime] ?? 0);
    };
    const [most] = [...runtimes].sort((a, b) => left(b) - left(a));
    return left(most) > 0 ? most : undefined;
  };

  const runLane = async (number: number): Promise<void> => {
    const laneFolder = join(folder, `lane-${number}`);
    await mkdir(laneFolder, { recursive: true });
    const lane = new Lane(laneFolder, program, executables);
    for (let runtime = next(); runtime !== undefined && !isStopping; runtime = next()) {
      const each = tally.runtimes[runtime]!;
      const started = Date.now();
      underWay[runtime] = (underWay[runtime] ?? 0) + 1;
      const random = new Random(`${tally.seed} ${runtime} ${each.kills} ${number}`);
      try {
        record(each, await lane.kill(runtime, random), Date.now() - started);
      } catch (error) {
        isStopping = true;
        throw error;
      } finally {
        underWay[runtime]!--;
      }
      if (!(await onKill())) isStopping = true;
    }
  };

  const results = await Promise.allSettled(Array.from({ length: lanes }, (_, i) => runLane(i + 1)));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

function record(tally: RuntimeTally, kill: Kill, ms: number): void {
  tally.kills++;
  tally.acknowledged += kill.acknowledged;
  tally.victimLoads += kill.loads;
  tally.ms += ms;
  count(tally.outcomes, kill.outcome);
  count(tally.remains, kill.remains.label);
}
