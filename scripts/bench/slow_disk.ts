import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type FileSystem, nodeFileSystem } from "../../mod.ts";
import { ours } from "./contender.ts";
import { queuesOf } from "./queues.ts";
import { type Case, measure } from "./rounds.ts";
import { digits, type Figure, type Result, type Section } from "./section.ts";
import { median } from "./statistics.ts";

/** How long a sync takes. */
const SYNC_MS = 5;
const COMMITTERS = 64;

/** The real file system on a disk whose syncs take their time. */
const slowFileSystem: FileSystem = {
  ...nodeFileSystem,
  syncFile: (path) => slowly(() => nodeFileSystem.syncFile(path)),
  syncDirectory: (path) => slowly(() => nodeFileSystem.syncDirectory(path)),
  async create(path) {
    const file = await nodeFileSystem.create(path);
    return { ...file, sync: () => slowly(file.sync), syncData: () => slowly(file.syncData) };
  },
};

async function slowly(sync: () => Promise<void>): Promise<void> {
  await Promise.all([sync(), setTimeout(SYNC_MS)]);
}

export const slowDiskSection: Section = {
  name: "slow-disk",
  async run({ directory, quick, progress }) {
    const queues = 1000;
    const contest = { directory: join(directory, "slow-disk"), queues };
    await mkdir(contest.directory, { recursive: true });
    const options = { fileSystem: slowFileSystem };
    const journal = await ours("journal", contest, {
      ...options,
      journal: { compactAtBytes: 1e9 },
    });
    const plain = await ours("plain", contest, options);
    await journal.persist();
    let offset = 10_000_000n;
    const together = () =>
      Promise.all(
        queuesOf(COMMITTERS).map((mq) => {
          journal.store.update(mq, offset++, true);
          return journal.store.persist();
        }),
      );
    const cases: (Case & { readonly syncs: number; readonly updates: number })[] = [
      { name: "ours, plain file", batch: 1, run: plain.persist, syncs: 3, updates: 1 },
      { name: "ours, journal", batch: 1, run: journal.persist, syncs: 1, updates: 1 },
      {
        name: "ours, journal, 64 committers",
        batch: 1,
        run: together,
        syncs: 1,
        updates: COMMITTERS,
      },
    ];
    const measured = await measure(cases, quick ? 3 : 30, (share) => progress("slow disk", share));
    for (const each of [journal, plain]) await each.close();
    const rows = measured.map(({ name, rounds }, i) => {
      const [ms, { syncs, updates }] = [median(rounds), cases[i]];
      return { name, ms, syncs, perSecond: updates / ms * 1000 };
    });
    const result: Result = {
      title: `A disk whose sync takes ${SYNC_MS} ms, ${queues.toLocaleString("en")} queues`,
      columns: [
        { title: "" },
        { title: "MEDIAN ms", align: "right" },
        { title: "SYNCS", align: "right" },
        { title: "BEYOND THE SYNCS ms", align: "right" },
        { title: "DURABLE UPDATES/s", align: "right" },
      ],
      rows: rows.map(({ name, ms, syncs, perSecond }) => [
        name,
        digits(ms),
        String(syncs),
        digits(ms - syncs * SYNC_MS),
        digits(perSecond),
      ]),
      figures: rows.map(({ name, ms, syncs }): Figure => ({
        what: `slow disk, ${name}`,
        queues,
        value: ms,
        unit: "ms",
        ratio: ms / (syncs * SYNC_MS),
      })),
      notes: [
        "The file system waits; SQLite cannot be given one, and makes one sync for each upsert.",
      ],
    };
    return [result];
  },
};
