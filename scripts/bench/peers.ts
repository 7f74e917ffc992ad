import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Contender, Contest } from "./contender.ts";
import { PEERS } from "./peers/all.ts";
import { type Case, measure } from "./rounds.ts";
import { digits, type Figure, type Result, type Section, times } from "./section.ts";
import { median, ratio } from "./statistics.ts";
import { countSyncCalls } from "./sync_calls.ts";

/** A larger table is not written anew for each queue. */
const LARGEST_REWRITE = 100_000;

async function peersAt(
  contest: Contest,
  rounds: number,
  syncs: ReadonlyMap<string, string>,
  onRound: (share: number) => void,
): Promise<Result> {
  await mkdir(contest.directory, { recursive: true });
  const contenders: Contender[] = [];
  const notes: string[] = [];
  for (const { name, writes, open } of PEERS) {
    if (contest.queues > LARGEST_REWRITE && writes === "the whole table") continue;
    try {
      contenders.push({ ...await open(contest), name });
    } catch (error) {
      notes.push(`${name} is left out: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  const batch = contest.queues > 10_000 ? 1 : 5;
  const cases = contenders.map(({ name, persist }): Case => ({ name, run: persist, batch }));
  const measured = await measure(cases, rounds, onRound);
  for (const each of contenders) await each.close();
  const { queues } = contest;
  return {
    title: `Other stores, one queue changed, ${queues.toLocaleString("en")} queues`,
    columns: [
      { title: "" },
      { title: "MEDIAN ms", align: "right" },
      { title: "TO OURS", align: "right" },
      { title: "SYNCS" },
    ],
    rows: measured.map((each) => [
      each.name,
      digits(median(each.rounds)),
      times(ratio(each.rounds, measured[0].rounds)),
      syncs.get(each.name) ?? "not known",
    ]),
    figures: measured.map((each): Figure => ({
      what: `peer ${each.name}`,
      queues,
      value: median(each.rounds),
      unit: "ms",
      ratio: ratio(each.rounds, measured[0].rounds),
    })),
    notes: [
      ...notes,
      "A store that does not sync its file is no peer: a power cut may empty or tear it.",
    ],
  };
}

export const peersSection: Section = {
  name: "peers",
  async run({ directory, quick, progress }) {
    const sizes = quick ? [16] : [16, 1000, 100_000, 1_000_000];
    progress("what other stores sync", 0);
    const syncs = await countSyncCalls(join(directory, "syncs-of-peers"));
    const results: Result[] = [];
    for (const queues of sizes) {
      const rounds = quick ? 4 : queues > 10_000 ? 8 : 24;
      results.push(
        await peersAt(
          { directory: join(directory, `peers-${queues}`), queues },
          rounds,
          syncs,
          (share) => progress(`other stores, ${queues} queues`, share),
        ),
      );
    }
    return results;
  },
};
