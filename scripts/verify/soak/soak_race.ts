import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Io, paint, printJsonLine } from "../../lib/io.ts";
import { LossError } from "./lane.ts";
import type { Runtime } from "../../lib/runtimes.ts";
import { type Race, race } from "./race.ts";
import type { RacerOptions } from "./racer.ts";

/** A journal is of use to two only if they merge: who throws gives up at the other's first record. */
const RACES = [
  { onConflict: "merge", journal: false },
  { onConflict: "merge", journal: true },
  { onConflict: "throw", journal: false },
] as const satisfies readonly RacerOptions[];

/** Lets two processes write one path, in each of these ways; the answer is the exit code. */
export async function soakRace(
  { seconds, runtimes, directory, json }: {
    readonly seconds: number;
    readonly runtimes: readonly Runtime[];
    readonly directory: string;
    readonly json: boolean;
  },
  io: Io,
): Promise<number> {
  await mkdir(directory, { recursive: true });
  const folder = await mkdtemp(join(resolve(directory), "race-"));
  const races: Race[] = [];
  try {
    for (const way of RACES) {
      const each = await race({
        folder,
        ...way,
        // With all three, each has a part.
        runtimes: [runtimes[0], runtimes.at(1) ?? runtimes[0], runtimes.at(2) ?? runtimes[0]],
        // The time begins when both write: a process may take long to start.
        until: async (writers) => {
          await Promise.all(writers.map((writer) => writer.wrote("A")));
          await io.sleep(seconds * 1000);
        },
      });
      races.push(each);
      if (!json) io.out(describe(each));
    }
  } catch (error) {
    if (!(error instanceof LossError)) throw error;
    io.err(`${paint(io, "red", error.message)}\n  What happened is in story.json there.\n`);
    if (json) printJsonLine(io, { seconds, lost: 1, races });
    return 1;
  }
  await rm(folder, { recursive: true });
  if (json) printJsonLine(io, { seconds, lost: 0, races });
  else {
    const sum = races.reduce((total, { acknowledged }) => total + acknowledged, 0);
    io.out(
      paint(io, "green", `${sum} acknowledged persists, nothing torn, no maximum lost`) + "\n",
    );
  }
  return 0;
}

function describe(race: Race): string {
  const { onConflict, journal, acknowledged, merged, rejected, reads, changes, records } = race;
  const [one, other, reader] = race.runtimes;
  const errors = Object.entries(rejected).map(([name, times]) => `${times} × ${name}`);
  const how = `onConflict "${onConflict}"${journal ? ", journal" : ""}`;
  return `${how}: ${one} and ${other} wrote, ${reader} read
  acknowledged persists  ${acknowledged}
  merged                 ${merged} times
  rejected calls         ${errors.join(", ") || "none"}
  reads                  ${reads}, of ${changes} different tables, none torn; ${records} of a journal
`;
}
