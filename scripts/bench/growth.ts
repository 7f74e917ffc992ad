import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Contender, ours } from "./contender.ts";
import { writeFileAtomic } from "./peers/file_writers.ts";
import { appendRoundsOf, APPENDS } from "./persist.ts";
import { type Case, measure } from "./rounds.ts";
import { digits, type Figure, type Result, type Section } from "./section.ts";
import { sqlite } from "./sqlite.ts";
import { median } from "./statistics.ts";

/** The curves: stores whose acknowledged offsets survive a power cut, or that claim it. */
export const CURVES = ["ours, plain file", "ours, journal", "SQLite", "write-file-atomic"] as const;

export const growthSection: Section = {
  name: "growth",
  async run({ directory, quick, progress }) {
    const sizes = quick ? [16, 256] : [16, 128, 1000, 8000, 64_000, 250_000, 1_000_000];
    const found: { queues: number; medians: number[] }[] = [];
    for (const [i, queues] of sizes.entries()) {
      const contest = { directory: join(directory, `growth-${queues}`), queues };
      await mkdir(contest.directory, { recursive: true });
      const contenders: Contender[] = [
        await ours("ours, plain file", contest),
        await ours("ours, journal", contest, { journal: { compactAtBytes: 1e9 } }),
        await sqlite(contest),
        await writeFileAtomic.open(contest),
      ];
      const rewrites = queues > 10_000 ? 1 : 4;
      const cases = contenders.map(({ persist }, c): Case => ({
        name: CURVES[c],
        run: persist,
        batch: CURVES[c] === "ours, journal" || CURVES[c] === "SQLite" ? APPENDS : rewrites,
      }));
      const rounds = quick ? 2 : queues > 100_000 ? 3 : 8;
      // What a whole file leaves behind slows the next one's sync down.
      const measured = [
        ...await measure(cases.filter(({ batch }) => batch === APPENDS), appendRoundsOf(rounds)),
        ...await measure(cases.filter(({ batch }) => batch !== APPENDS), rounds),
      ];
      const medianOf = (name: string) =>
        median(measured.find((each) => each.name === name)!.rounds);
      found.push({ queues, medians: CURVES.map(medianOf) });
      for (const each of contenders) await each.close();
      await rm(contest.directory, { recursive: true });
      progress("growth", (i + 1) / sizes.length);
    }
    const result: Result = {
      title: "Growth: milliseconds for a persist with one queue changed",
      columns: [
        { title: "QUEUES", align: "right" },
        ...CURVES.map((title) => ({ title: title.toUpperCase(), align: "right" as const })),
      ],
      rows: found.map((
        { queues, medians },
      ) => [queues.toLocaleString("en"), ...medians.map(digits)]),
      figures: found.flatMap(({ queues, medians }) =>
        medians.map((value, i): Figure => ({
          what: `growth ${CURVES[i]}`,
          queues,
          value,
          unit: "ms",
        }))
      ),
    };
    return [result];
  },
};
