import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { type Contender, type Contest, ours } from "./contender.ts";
import { queuesOf } from "./queues.ts";
import { type Case, measure } from "./rounds.ts";
import { digits, type Figure, type Result, type Section, times } from "./section.ts";
import { sqlite } from "./sqlite.ts";
import { median, ratio } from "./statistics.ts";
import { countSyncCalls } from "./sync_calls.ts";

/** Something a user might keep offsets in instead; it keeps its state as it documents. */
interface Peer {
  readonly name: string;
  readonly open: (contest: Contest) => Promise<Contender>;
}

/** What it would write each time: an object from queue to offset. */
function stateOf(count: number) {
  const keys = queuesOf(count).map((mq) => JSON.stringify(mq));
  const offsets: Record<string, number> = Object.fromEntries(keys.map((key, i) => [key, i]));
  let next = 0;
  let offset = 1_000_000;
  const step = () => {
    next = (next + 7919) % count;
    offsets[keys[next]] = offset++;
    return keys[next];
  };
  return { offsets, step };
}

function whole(
  name: string,
  load: () => Promise<(path: string, text: string) => unknown>,
): Peer {
  return {
    name,
    async open({ directory, queues }) {
      const write = await load();
      const { offsets, step } = stateOf(queues);
      const path = join(directory, `${name}.json`);
      const persist = () => {
        step();
        return write(path, JSON.stringify({ offsets }));
      };
      await persist();
      return { name, persist, close() {} };
    },
  };
}

/** A put resolves when it is committed; with an overlapping sync, that is not when it is on the disk. */
function lmdb(name: string, options: { overlappingSync?: boolean }): Peer {
  return {
    name,
    async open({ directory, queues }) {
      const { open } = await import("lmdb");
      const database = open<number, string>({
        path: join(directory, name.replaceAll(/\W+/g, "-")),
        ...options,
      });
      const { offsets, step } = stateOf(queues);
      await database.transaction(() => {
        for (const [key, offset] of Object.entries(offsets)) database.put(key, offset);
      });
      await database.flushed;
      const put = () => {
        const key = step();
        return database.put(key, offsets[key]);
      };
      const persist = async () => {
        await put();
        await database.flushed;
      };
      const together = async (count: number) => {
        await Promise.all(Array.from({ length: count }, put));
        await database.flushed;
      };
      return { name, persist, together, close: () => database.close() };
    },
  };
}

export const PEERS: readonly Peer[] = [
  { name: "ours, plain file", open: (contest) => ours("ours, plain file", contest) },
  {
    name: "ours, journal",
    open: (contest) => ours("ours, journal", contest, { journal: { compactAtBytes: 1e9 } }),
  },
  { name: "SQLite, WAL, FULL", open: sqlite },
  whole("write-file-atomic", async () => (await import("write-file-atomic")).default),
  whole("atomically", async () => (await import("atomically")).writeFile),
  {
    name: "steno",
    async open({ directory, queues }) {
      const { Writer } = await import("steno");
      const writer = new Writer(join(directory, "steno.json"));
      const { offsets, step } = stateOf(queues);
      const persist = () => (step(), writer.write(JSON.stringify({ offsets })));
      await persist();
      return { name: "steno", persist, close() {} };
    },
  },
  {
    name: "lowdb",
    async open({ directory, queues }) {
      const { JSONFilePreset } = await import("lowdb/node");
      const { offsets, step } = stateOf(queues);
      const database = await JSONFilePreset(join(directory, "lowdb.json"), { offsets });
      const persist = () => (step(), database.write());
      await persist();
      return { name: "lowdb", persist, close() {} };
    },
  },
  {
    name: "conf",
    async open({ directory, queues }) {
      const { default: Conf } = await import("conf");
      const { offsets, step } = stateOf(queues);
      // A dot in a name would be a path.
      const conf = new Conf({
        cwd: directory,
        configName: "conf",
        accessPropertiesByDotNotation: false,
      });
      conf.store = { offsets };
      const persist = () => {
        step();
        conf.set("offsets", offsets);
      };
      return { name: "conf", persist, close() {} };
    },
  },
  {
    name: "classic-level, sync",
    async open({ directory, queues }) {
      const { ClassicLevel } = await import("classic-level");
      const database = new ClassicLevel<string, string>(join(directory, "level"));
      const { offsets, step } = stateOf(queues);
      const all = Object.entries(offsets);
      await database.batch(all.map(([key, value]) => ({ type: "put", key, value: String(value) })));
      const persist = () => {
        const key = step();
        return database.put(key, String(offsets[key]), { sync: true });
      };
      const together = (count: number) => {
        const keys = Array.from({ length: count }, step);
        const puts = keys.map((key) =>
          ({ type: "put", key, value: String(offsets[key]) }) as const
        );
        return database.batch(puts, { sync: true });
      };
      return { name: "classic-level, sync", persist, together, close: () => database.close() };
    },
  },
  lmdb("lmdb", {}),
  lmdb("lmdb, overlapping sync off", { overlappingSync: false }),
  {
    name: "rocksdb, sync",
    async open({ directory, queues }) {
      // It builds native code for minutes, so it is not among the development tools: install it to
      // have it measured.
      const name: string = "@nxtedition/rocksdb";
      const { RocksLevel } = await import(name);
      const database = new RocksLevel(join(directory, "rocks"));
      await database.open();
      const { offsets, step } = stateOf(queues);
      const all = Object.entries(offsets);
      await database.batch(all.map(([key, value]) => ({ type: "put", key, value: String(value) })));
      const persist = () => {
        const key = step();
        return database.put(key, String(offsets[key]), { sync: true });
      };
      return { name: "rocksdb, sync", persist, close: () => database.close() };
    },
  },
  {
    name: "Deno KV",
    async open({ directory, queues }) {
      const { Deno } = globalThis as { Deno?: { openKv?(path: string): Promise<Kv> } };
      if (Deno?.openKv === undefined) throw new Error("only in Deno, with --unstable-kv");
      // Its transactions are too short to fill a large one in reasonable time.
      if (queues > 1000) throw new Error("it takes too long to fill");
      const kv = await Deno.openKv(join(directory, "kv.db"));
      const { offsets, step } = stateOf(queues);
      const persist = () => {
        const key = step();
        return kv.set(["offset", key], BigInt(offsets[key]));
      };
      await persist();
      return { name: "Deno KV", persist, close: () => kv.close() };
    },
  },
];

/** Those that do not write all of it each time. */
const LARGE: readonly string[] = [
  "ours, journal",
  "SQLite, WAL, FULL",
  "classic-level, sync",
  "lmdb",
  "lmdb, overlapping sync off",
  "rocksdb, sync",
];

interface Kv {
  set(key: readonly string[], value: unknown): Promise<unknown>;
  close(): void;
}

async function peersAt(
  contest: Contest,
  rounds: number,
  syncs: ReadonlyMap<string, string>,
  onRound: (share: number) => void,
): Promise<Result> {
  await mkdir(contest.directory, { recursive: true });
  const contenders: Contender[] = [];
  const notes: string[] = [];
  for (const { name, open } of PEERS) {
    if (contest.queues > 100_000 && !LARGE.includes(name)) continue;
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
    notes: [...notes, "What does not sync its file is no peer: a power cut may empty or tear it."],
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

/** For the probe of what a store syncs: opens one, and persists once. */
export async function persistOnce(name: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const peer = PEERS.find((each) => each.name === name);
  if (peer === undefined) {
    throw new RangeError(`Cannot probe ${JSON.stringify(name)}: no such store`);
  }
  const contender = await peer.open({ directory, queues: 16 });
  await contender.persist();
  // A mark in the trace: what comes before is the opening.
  await readFile(MARK).catch(() => {});
  await contender.persist();
  await readFile(MARK).catch(() => {});
  process.exit(0);
}

/** A file that is not there, whose opening is seen in a trace. */
export const MARK = "/offsets-bench-mark";
