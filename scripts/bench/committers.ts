import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { LocalFileOffsetStore } from "../../mod.ts";
import { type Contender, ours } from "./contender.ts";
import { classicLevel } from "./peers/classic_level.ts";
import { lmdb, lmdbWithoutOverlap } from "./peers/lmdb.ts";
import { rocksdb } from "./peers/rocksdb.ts";
import { queuesOf } from "./queues.ts";
import { type Case, measure } from "./rounds.ts";
import { digits, type Figure, type Result, type Section, times } from "./section.ts";
import { sqlite } from "./sqlite.ts";
import { median, ratio } from "./statistics.ts";

const COMMITTERS = 64;
const QUEUES = 1000;

export const TOGETHER = "ours, journal, 64 committers";
export const TRANSACTION = "SQLite, 64 upserts a transaction";

/** The other stores that many callers can share a commit of. */
const TOGETHER_PEERS = [classicLevel, lmdb, lmdbWithoutOverlap, rocksdb];

/** Each updates a queue of its own and waits until that is durable. */
function committers(store: LocalFileOffsetStore): () => Promise<unknown> {
  const queues = queuesOf(COMMITTERS);
  let offset = 10_000_000n;
  return () =>
    Promise.all(queues.map((mq) => {
      store.update(mq, offset++, true);
      return store.persist();
    }));
}

export const committersSection: Section = {
  name: "committers",
  async run({ directory, quick, progress }) {
    const contest = { directory: join(directory, "committers"), queues: QUEUES };
    await mkdir(contest.directory, { recursive: true });
    const journal = await ours("journal", contest, { journal: { compactAtBytes: 1e9 } });
    const snapshot = await ours("snapshot", contest);
    const database = await sqlite(contest);
    const journals: Case[] = [
      { name: TOGETHER, batch: 10, run: committers(journal.store) },
      { name: TRANSACTION, batch: 10, run: () => database.upsert(COMMITTERS) },
    ];
    const others: Case[] = [
      { name: "ours, plain file, 64 committers", batch: 2, run: committers(snapshot.store) },
      {
        name: "SQLite, one by one",
        batch: 1,
        run() {
          for (let i = 0; i < COMMITTERS; i++) database.persist();
        },
      },
    ];
    const peers: Contender[] = [];
    for (const { open } of TOGETHER_PEERS) {
      await open(contest).then((peer) => peers.push(peer), () => {});
    }
    others.push(...peers.map(({ name, together }): Case => ({
      name: `${name}, 64 at once`,
      batch: 1,
      run: () => together?.(COMMITTERS),
    })));
    const rounds = quick ? 6 : 30;
    const half = (i: number) => (share: number) => progress("64 committers", (i + share) / 2);
    // What a plain file gives back to the disk slows the next one's sync down.
    const measured = [
      ...await measure(journals, rounds, half(0)),
      ...await measure(others, rounds, half(1)),
    ];
    for (const each of [journal, snapshot, database, ...peers]) await each.close();
    const rate = (ms: number) => COMMITTERS / ms * 1000;
    const faster = (i: number) => ratio(measured[1].rounds, measured[i].rounds);
    const result: Result = {
      title: `64 committers at once, ${QUEUES.toLocaleString("en")} queues`,
      columns: [
        { title: "" },
        { title: "DURABLE UPDATES/s", align: "right" },
        { title: "TO A TRANSACTION", align: "right" },
      ],
      rows: measured.map((
        { name, rounds },
        i,
      ) => [name, digits(rate(median(rounds))), times(faster(i))]),
      figures: measured.map(({ name, rounds }, i): Figure => ({
        what: name,
        queues: QUEUES,
        value: rate(median(rounds)),
        unit: "/s",
        ratio: faster(i),
      })),
    };
    return [result];
  },
};
