import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LocalFileOffsetStore, nodeFileSystem } from "../../mod.ts";
import { type Contest, ours } from "./contender.ts";
import {
  asyncAppend,
  asyncFloor,
  guardedFloor,
  lookAndOverwrite,
  syncAppend,
  syncFloor,
} from "./floor.ts";
import { type Case, measure, type Measured } from "./rounds.ts";
import { type Context, digits, type Figure, type Result, type Section, times } from "./section.ts";
import { sqlite } from "./sqlite.ts";
import { median, quantile, ratio } from "./statistics.ts";

export const FLOOR = "floor";
export const GUARDED = "guarded floor";
export const SQLITE = "SQLite";
export const SNAPSHOT = "ours, plain file";
export const LOOK = "look, overwrite, sync";
export const JOURNAL = "ours, journal";

/** How often that is done in a round which takes a fraction of a millisecond. */
export const APPENDS = 40;
/** It has more rounds, too. */
export const appendRoundsOf = (rounds: number) => 8 * rounds;
/** A rewrite of megabytes is done once a round. */
const rewritesOf = (queues: number) => queues > 10_000 ? 1 : 10;

async function persistAt(contest: Contest, rounds: number, context: Context): Promise<Result[]> {
  const { directory, queues } = contest;
  const rewrites = queues <= 100_000;
  await mkdir(directory, { recursive: true });
  // It never outgrows its snapshot here: a compaction is a plain file, and that is measured beside.
  const journal = await ours(JOURNAL, contest, { journal: { compactAtBytes: 1e9 } });
  const snapshot = rewrites ? await ours(SNAPSHOT, contest) : undefined;
  const relaxed = rewrites
    ? await ours("ours, relaxed", contest, { durability: "relaxed" })
    : undefined;
  const database = await sqlite(contest);
  const appends = [
    await asyncAppend(directory),
    syncAppend(directory),
    lookAndOverwrite(directory),
  ];
  const slow = rewritesOf(queues);
  const appending: Case[] = [
    { name: JOURNAL, run: journal.persist, batch: APPENDS },
    { name: SQLITE, run: database.persist, batch: APPENDS },
    { name: "append + fdatasync", run: appends[0].run, batch: APPENDS },
    { name: "append + fdatasync, blocking", run: appends[1].run, batch: APPENDS },
    { name: LOOK, run: appends[2].run, batch: APPENDS },
  ];
  // A case that leaves unsynced data, or gives room back to the disk, slows down the sync of the next
  // case. So only cases that are compared alternate.
  const contests = [appending];
  if (snapshot !== undefined && relaxed !== undefined) {
    const bytes = new Uint8Array(await readFile(snapshot.store.path));
    contests.push([
      { name: SNAPSHOT, run: snapshot.persist, batch: slow },
      { name: FLOOR, run: asyncFloor(directory, bytes), batch: slow },
      { name: GUARDED, run: guardedFloor(directory, bytes), batch: slow },
      { name: "floor, blocking", run: syncFloor(directory, bytes), batch: slow },
    ], [{ name: "ours, relaxed", run: relaxed.persist, batch: slow }]);
  }
  // The journal's code is compiled bit by bit, which goes on for ten thousand persists and more; as
  // long as SQLite's log grows, an upsert takes longer, too.
  await measure(
    appending.slice(0, 2),
    appendRoundsOf(rounds),
    (share) => context.progress(`warm up, ${queues.toLocaleString("en")} queues`, share),
  );
  const measured: Measured[] = [];
  for (const [i, cases] of contests.entries()) {
    const onRound = (share: number) => {
      const all = (i + share) / contests.length;
      context.progress(`persist, ${queues.toLocaleString("en")} queues`, all);
    };
    const count = cases === appending ? appendRoundsOf(rounds) : rounds;
    measured.push(...await measure(cases, count, onRound));
  }
  await verify(journal.store);
  if (snapshot !== undefined) await verify(snapshot.store);
  for (const each of [journal, snapshot, relaxed, database, ...appends]) await each?.close();
  await rm(directory, { recursive: true });
  const records = tableOf(
    "A record",
    queues,
    measured.slice(0, appending.length),
    RECORD_BASELINES,
  );
  const files = measured.slice(appending.length);
  return files.length === 0
    ? [records]
    : [records, tableOf("A plain file", queues, files, FILE_BASELINES)];
}

/** Throws unless another store reads the table that was acknowledged. */
async function verify(store: LocalFileOffsetStore): Promise<void> {
  const root = store.path.slice(0, store.path.indexOf("/10.0.0.7@4711/"));
  const other = await LocalFileOffsetStore.open({
    clientId: "10.0.0.7@4711",
    group: "group",
    root,
  });
  if (!other.snapshot().equals(store.snapshot())) {
    throw new Error("what was persisted is not there");
  }
}

/** What the cases of one table are compared with: the title of the column, and the case. */
type Baselines = readonly (readonly [title: string, name: string])[];

const RECORD_BASELINES: Baselines = [["TO SQLITE", SQLITE]];
const FILE_BASELINES: Baselines = [["TO FLOOR", FLOOR], ["TO GUARDED", GUARDED]];

function tableOf(
  title: string,
  queues: number,
  measured: readonly Measured[],
  baselines: Baselines,
): Result {
  const against = (each: Measured, name: string) => {
    const baseline = measured.find((other) => other.name === name);
    return baseline === undefined ? NaN : ratio(each.rounds, baseline.rounds);
  };
  return {
    title: `${title}, one queue changed, ${queues.toLocaleString("en")} queues`,
    columns: [
      { title: "" },
      ...["MEDIAN ms", "p10", "p90", ...baselines.map(([to]) => to)].map((title) =>
        ({ title, align: "right" }) as const
      ),
    ],
    rows: measured.map((each) => [
      each.name,
      digits(median(each.rounds)),
      digits(quantile(each.rounds, 0.1)),
      digits(quantile(each.rounds, 0.9)),
      ...baselines.map(([, name]) => times(against(each, name))),
    ]),
    figures: measured.flatMap((each) =>
      // The page compares each with the first, and ours with all.
      baselines.filter(([, name], i) => name !== each.name && (i === 0 || each.name === SNAPSHOT))
        .map(([, name]): Figure => ({
          what: comparedWith(each.name, name),
          queues,
          value: median(each.rounds),
          unit: "ms",
          ratio: against(each, name),
        }))
    ),
  };
}

/** The name of the figure that compares two cases. */
export const comparedWith = (name: string, baseline: string): string => `${name} / ${baseline}`;

/** How many fsyncs a persist makes, and how many the floor must make to be one. */
export async function countSyncs(directory: string): Promise<number> {
  let syncs = 0;
  const count = async <T>(call: () => Promise<T>) => (syncs++, await call());
  const fileSystem = {
    ...nodeFileSystem,
    syncDirectory: (path: string) => count(() => nodeFileSystem.syncDirectory(path)),
    async create(path: string) {
      const file = await nodeFileSystem.create(path);
      return { ...file, sync: () => count(file.sync) };
    },
  };
  const contender = await ours("count", { directory, queues: 16 }, { fileSystem });
  syncs = 0;
  await contender.persist();
  await contender.close();
  return syncs;
}

export const persistSection: Section = {
  name: "persist",
  async run(context) {
    const syncs = await countSyncs(join(context.directory, "syncs"));
    if (syncs !== 3) throw new Error(`a persist makes ${syncs} fsyncs, and the floor 3`);
    const results: Result[] = [];
    for (const queues of context.quick ? [16, 1000] : [16, 1000, 100_000, 1_000_000]) {
      const directory = join(context.directory, `persist-${queues}`);
      const rounds = context.quick ? 8 : queues > 10_000 ? 24 : 40;
      results.push(...await persistAt({ directory, queues }, rounds, context));
    }
    return results;
  },
};
