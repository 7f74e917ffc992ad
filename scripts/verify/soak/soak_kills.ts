import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { type Io, paint, printJsonLine } from "../../lib/io.ts";
import { killLoop } from "./kill_loop.ts";
import { killFigures, printKills } from "./kill_report.ts";
import { LossError } from "./lane.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import { Progress } from "../../lib/progress.ts";
import { readState, writeState } from "../../lib/state_file.ts";
import { newTally, setTargets, type Tally, total } from "./tally.ts";

/** The victims, and the number of kills. */
export interface SoakOptions {
  readonly kills: number;
  readonly runtimes: readonly Runtime[];
  readonly seed: string;
  readonly lanes: number;
  readonly directory: string;
  readonly resume: string | undefined;
  readonly json: boolean;
}

/** The program that is killed. */
const VICTIM = new URL("victim.ts", import.meta.url);

/** Of the file that keeps the counts. */
const VERSION = 2;
const SAVE_EVERY_MS = 5000;

/** Kills writers and checks what they leave; the answer is the exit code. */
export async function soakKills(options: SoakOptions, io: Io): Promise<number> {
  const { kills, runtimes, lanes, resume, json } = options;
  const earlier = resume === undefined ? undefined : await readState<Tally>(resume, VERSION);
  const tally = earlier ?? newTally(options.seed, kills, runtimes);
  if (earlier !== undefined) setTargets(tally, kills, runtimes);
  const before = total(tally, "kills");
  if (!json) {
    const after = before > 0 ? `, after ${before} kills` : "";
    io.out(`${kills} kills over ${runtimes.join(", ")}; seed ${tally.seed}${after}\n`);
  }
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const folder = await mkdtemp(join(directory, "kills-"));
  const progress = new Progress(io, { unit: "kills", done: before, isShown: !json });
  let saved = io.now();
  let isInterrupted = false;
  const interrupt = () => void (isInterrupted = true);
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  let loss: LossError | undefined;
  try {
    await killLoop(tally, {
      folder,
      lanes,
      victim: VICTIM,
      onKill: async () => {
        progress.draw(total(tally, "kills"), total(tally, "target"));
        if (resume !== undefined && io.now() - saved > SAVE_EVERY_MS) {
          saved = io.now();
          await writeState(resume, VERSION, tally);
        }
        return !isInterrupted;
      },
    });
  } catch (error) {
    if (!(error instanceof LossError)) throw error;
    loss = error;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    progress.clear();
  }
  if (resume !== undefined) await writeState(resume, VERSION, tally);
  if (loss === undefined) await rm(folder, { recursive: true });
  else io.err(`${paint(io, "red", loss.message)}\n  What happened is in story.json there.\n`);
  if (json) printJsonLine(io, killFigures(tally, loss === undefined ? 0 : 1));
  else {
    printKills(io, tally);
    const verdict = loss === undefined ? "nothing acknowledged was lost" : "something was LOST";
    io.out(
      paint(
        io,
        loss === undefined ? "green" : "red",
        `${total(tally, "kills")} kills, ${total(tally, "acknowledged")} acknowledged persists, ` +
          verdict,
      ) + "\n",
    );
  }
  if (loss !== undefined) return 1;
  return isInterrupted ? 130 : 0;
}
