import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { decode, type OnConflict, parse } from "../../../mod.ts";
import { Child, type Ending } from "../../lib/child.ts";
import { queuesOf } from "./generation.ts";
import { LossError } from "./lane.ts";
import { findExecutable, type Runtime } from "../../lib/runtimes.ts";
import { commandLine, environment, prepare } from "../../lib/programs.ts";
import { RACE_QUEUES, type RacerOptions } from "./racer.ts";
import { count } from "./tally.ts";

/** The observations of two writers and a reader on one path. */
export interface Race {
  readonly onConflict: OnConflict;
  readonly journal: boolean;
  readonly runtimes: readonly Runtime[];
  /** The persists of both that were acknowledged. */
  readonly acknowledged: number;
  /** How often either found the other's offsets, and merged them. */
  readonly merged: number;
  /** The calls of both that were rejected, by error. */
  readonly rejected: Record<string, number>;
  readonly reads: number;
  /** How often the reader found the file changed. */
  readonly changes: number;
  /** How often it found a record in the journal. */
  readonly records: number;
}

/** How a race is run. */
export interface RaceOptions {
  readonly folder: string;
  readonly onConflict: OnConflict;
  /** Whether both keep a journal. */
  readonly journal: boolean;
  /** The runtimes of the two writers and of the reader. */
  readonly runtimes: readonly [Runtime, Runtime, Runtime];
  /** Resolves when it is enough. */
  readonly until: (writers: readonly Child[]) => Promise<void>;
}

const RACER = new URL("racer.ts", import.meta.url);
const WATCHER = new URL("watcher.ts", import.meta.url);

/**
 * Lets two processes write one file while a third reads it all the time.
 *
 * @throws {LossError} If the file was torn at any instant, a process failed, or, under merge, an
 *   offset went back or main alone, in the end, has less than either writer had been promised.
 */
export async function race(options: RaceOptions): Promise<Race> {
  const { onConflict, journal, runtimes, until } = options;
  const folder = resolve(options.folder);
  const root = await mkdtemp(join(folder, `race-${onConflict}-`));
  const path = join(root, "10.0.0.7@1", "race", "offset.json");
  const [racer, watcher] = [await prepare(RACER, folder), await prepare(WATCHER, folder)];
  const start = async (runtime: Runtime, program: typeof racer, args: readonly string[]) => {
    const command = commandLine(runtime, await findExecutable(runtime), program, args);
    return new Child(command, { cwd: folder, env: environment(program) });
  };
  const isMerge = onConflict === "merge";
  const reader = await start(runtimes[2], watcher, [path, JSON.stringify({ monotonic: isMerge })]);
  await reader.wrote("S");
  const how = JSON.stringify({ onConflict, journal } satisfies RacerOptions);
  const writers = [
    await start(runtimes[0], racer, [root, "one", how]),
    await start(runtimes[1], racer, [root, "other", how]),
  ];
  await Promise.race([until(writers), reader.ended, ...writers.map(({ ended }) => ended)]);
  writers.forEach((writer) => writer.hangUp());
  const endings = await Promise.all(writers.map(({ ended }) => ended));
  reader.hangUp();
  const readerEnding = await reader.ended;
  try {
    for (const ending of [...endings, readerEnding]) checkEnding(ending);
    if (isMerge) await checkMaxima(path, endings);
  } catch (error) {
    const reason = (error as Error).message;
    const story = { reason, endings, readerEnding };
    await writeFile(join(root, "story.json"), JSON.stringify(story, undefined, 2));
    throw new LossError(root, reason, { cause: error });
  }
  const lines = endings.flatMap((ending) => ending.lines);
  const rejected: Record<string, number> = {};
  for (const line of lines) if (line.startsWith("E ")) count(rejected, line.slice(2).trim());
  const acknowledged = lines.filter((line) => line.startsWith("A")).length;
  const merged = lines.filter((line) => line === "M").length;
  const [, reads, changes, records] = readerEnding.lines.at(-1)!.split(" ").map(Number);
  return { onConflict, journal, runtimes, acknowledged, merged, rejected, reads, changes, records };
}

function checkEnding({ code, signal, errors, lines }: Ending): void {
  const isWhole = /^(C|R \d+ \d+ \d+)$/.test(lines.at(-1) ?? "");
  if (code === 0 && isWhole) return;
  throw new Error(`a process ended with ${signal ?? code}: ${errors}`);
}

/** Whether main alone, as any client reads it, has what either writer was promised, of each queue. */
async function checkMaxima(path: string, endings: readonly Ending[]): Promise<void> {
  const maxima = Array.from({ length: RACE_QUEUES }, () => -1n);
  for (const line of endings.flatMap(({ lines }) => lines)) {
    if (!line.startsWith("A")) continue;
    for (const pair of line.split(" ").slice(1)) {
      const [queue, offset] = pair.split("=");
      if (BigInt(offset) > maxima[Number(queue)]) maxima[Number(queue)] = BigInt(offset);
    }
  }
  const table = parse(decode(await readFile(path)));
  queuesOf(RACE_QUEUES).forEach((mq, i) => {
    const found = table.get(mq) ?? -1n;
    if (found < maxima[i]) {
      throw new Error(`queue ${i} has ${found}; ${maxima[i]} was acknowledged`);
    }
  });
}
