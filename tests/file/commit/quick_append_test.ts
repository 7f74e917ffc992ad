/** A record on the real file system, without a promise for each call, is as safe as any other. */
import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import {
  nodeFileSystem,
  OffsetConflictError,
  OffsetPersistError,
  type OpenOptions,
} from "../../../mod.ts";
import { JournalEncoder } from "../../../src/core/format/journal_encoder.ts";
import { Int64Array } from "../../../src/core/table/int64_array.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { JournalWriter } from "../../../src/file/commit/journal_writer.ts";
import { BlockingWhileFast, Turn } from "../../../src/file/fs/blocking_while_fast.ts";
import { TableTooLongError } from "../../../src/file/fs/longest_file.ts";
import { placeOf } from "../../../src/file/fs/place.ts";
import { check } from "../../support/check.ts";
import { JOURNAL, journaled, textOf } from "../../support/journaled.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

/** Calls that are always fast, since their clock stands still; it notes where each was made. */
class Fast extends BlockingWhileFast {
  readonly #note: (where: "here" | "elsewhere") => void;
  readonly #call: <T>(here: () => T) => T;

  constructor(note: (where: "here" | "elsewhere") => void, call = <T>(here: () => T) => here()) {
    super(() => 0, new Turn());
    this.#note = note;
    this.#call = call;
  }

  override run<T>(here: () => T, elsewhere: () => Promise<T>): Promise<T> {
    this.#note("elsewhere");
    return super.run(here, elsewhere);
  }

  override runHere<T>(here: () => T): T {
    this.#note("here");
    return super.runHere(() => this.#call(here));
  }
}

/** How the calls in a test's directory are made. */
interface Calls {
  readonly write?: <T>(here: () => T) => T;
  readonly sync?: <T>(here: () => T) => T;
  readonly options?: Partial<OpenOptions>;
}

/** A store with a journal that has two records, and the calls that it makes from then on. */
async function begun(at: StoreDirectory, { write, sync, options }: Calls = {}) {
  const notes: string[] = [];
  // Until its journal is there, the calls are as they are.
  let isBegun = false;
  const acting = (act: Calls["write"]) => <T>(here: () => T): T =>
    isBegun && act !== undefined ? act(here) : here();
  Object.assign(placeOf(at.directory), {
    writes: new Fast((where) => notes.push(`write ${where}`), acting(write)),
    dataSyncs: new Fast((where) => notes.push(`sync ${where}`), acting(sync)),
  });
  const store = await journaled(at, options);
  // The directory's time is old, so that a look notices each new name.
  await utimes(at.directory, 1e9, 1e9);
  store.update(queue(0), 4, true);
  await store.persist();
  notes.length = 0;
  isBegun = true;
  const persist = async (offset: number) => {
    store.update(queue(0), offset, true);
    await store.persist();
  };
  return { store, notes, persist };
}

test("J1 P2 a record is written and synced in this thread while its calls are fast", async () => {
  await using at = await StoreDirectory.make();
  const { notes, persist } = await begun(at);
  for (const offset of [5, 6]) await persist(offset);
  const one = ["write here", "sync here"];
  assert.deepEqual(notes, [...one, ...one]);
  assert.match(await textOf(at), /:0\}?"?:6\}\}\n$/);
});

test("P1 a relaxed record is written and not synced", async () => {
  await using at = await StoreDirectory.make();
  const { notes, persist } = await begun(at, { options: { durability: "relaxed" } });
  await persist(5);
  assert.deepEqual(notes, ["write here"]);
});

test("J1 P2 a record without room, or on a slow disk, goes the other way", async () => {
  await using at = await StoreDirectory.make();
  const { notes, persist } = await begun(at, { options: { journal: { compactAtBytes: 600 } } });
  for (let offset = 5; offset < 20; offset++) await persist(offset);
  assert.ok(notes.includes("write here") && notes.includes("write elsewhere"));
  await using slow = await StoreDirectory.make();
  const other = await begun(slow);
  // Nothing is known of the pace of its syncs.
  const dataSyncs = new Fast((where) => other.notes.push(`sync ${where}`));
  Object.assign(placeOf(slow.directory), { dataSyncs });
  await other.persist(5);
  assert.deepEqual(other.notes, ["write elsewhere", "write here", "sync elsewhere"]);
  await using again = await slow.open();
  assert.equal(again.peek(queue(0)), 5n);
});

/** What somebody else does during the sync of a record, and how the persist ends. */
const MEDDLING: Record<string, { act: (at: StoreDirectory) => void; ends: "well" | "conflict" }> = {
  "replaces main": {
    act: (at) => {
      writeFileSync(at.path("new"), '{"offsetTable":{}}');
      renameSync(at.path("new"), at.main);
    },
    ends: "conflict",
  },
  "writes main in place": {
    act: (at) => writeFileSync(at.main, '{"offsetTable":{}}', { flag: "r+" }),
    ends: "conflict",
  },
  "removes main": { act: (at) => rmSync(at.main), ends: "conflict" },
  "removes the journal": { act: (at) => rmSync(at.path(JOURNAL)), ends: "conflict" },
  "moves the directory away": {
    act: (at) => renameSync(at.directory, `${at.directory}.away`),
    ends: "conflict",
  },
  "makes a file of another name": { act: (at) => writeFileSync(at.path("new"), ""), ends: "well" },
};

for (const [what, { act, ends }] of Object.entries(MEDDLING)) {
  test(`P9 while a record is synced, somebody ${what}: ${ends}`, async () => {
    await using at = await StoreDirectory.make();
    let acts = 0;
    const { persist } = await begun(at, {
      sync: (here) => {
        const answer = here();
        if (acts++ === 0) act(at);
        return answer;
      },
    });
    if (ends === "well") await persist(5);
    else await assert.rejects(persist(5), OffsetConflictError);
    assert.equal(acts > 0, true);
  });
}

for (const call of ["write", "sync"] as const) {
  test(`P3 P4 a record whose ${call} fails may be in the file; the next persist is whole`, async () => {
    await using at = await StoreDirectory.make();
    let fails = true;
    const { store, notes, persist } = await begun(at, {
      [call]: <T>(here: () => T): T => {
        if (fails) throw Object.assign(new Error("EIO"), { code: "EIO" });
        return here();
      },
    });
    await assert.rejects(
      persist(5),
      (error) => error instanceof OffsetPersistError && error.onDisk === "either",
    );
    const [tried] = [notes.filter((note) => note === `${call} here`).length];
    assert.equal(tried, 1, "it is not tried again");
    fails = false;
    await store.persist();
    assert.ok((await at.table()).equals(tableOf(5, 1)));
  });
}

test("P4 a record of which a part is accepted is written again as a whole", async () => {
  await using at = await StoreDirectory.make();
  let writes = 0;
  const { persist } = await begun(at, {
    write: (here) => {
      const accepted = here();
      return writes++ === 0 ? (accepted as number) - 1 as typeof accepted : accepted;
    },
  });
  await persist(5);
  assert.equal(writes, 2);
  await using again = await at.open();
  assert.equal(again.peek(queue(0)), 5n);
});

test("P2 P9 a file system around that of node is asked for each call of a record", async () => {
  await using at = await StoreDirectory.make();
  const calls: string[] = [];
  const { notes, persist } = await begun(at, {
    options: {
      fileSystem: {
        ...nodeFileSystem,
        stat: (path) => (calls.push("stat"), nodeFileSystem.stat(path)),
        async create(path) {
          const file = await nodeFileSystem.create(path);
          return { ...file, syncData: () => (calls.push("sync"), file.syncData()) };
        },
      },
    },
  });
  calls.length = 0;
  await persist(5);
  assert.deepEqual(calls, ["sync", "stat", "stat"]);
  assert.deepEqual(notes.filter((note) => note.endsWith("elsewhere")), [
    "write elsewhere",
    "sync elsewhere",
  ]);
});

test("P9 a store with a lock goes the other way, which confirms the lock", async () => {
  await using at = await StoreDirectory.make();
  const { notes, persist } = await begun(at, { options: { exclusive: true } });
  await persist(5);
  assert.deepEqual(notes.filter((note) => note.endsWith("elsewhere")), [
    "write elsewhere",
    "sync elsewhere",
  ]);
});

test("L4 a record that would make the journal too long to be read is never written", async () => {
  await using at = await StoreDirectory.make({ "offset.json": tableOf(1) });
  const fast = () => new Fast(() => {});
  Object.assign(placeOf(at.directory), { writes: fast(), dataSyncs: fast() });
  const index = new QueueIndex();
  const slots = Uint32Array.of(index.add(queue(0)));
  const changes = { slots, offsets: Int64Array.of(5n), deleted: [] };
  const { length } = new JournalEncoder().record(index, slots, changes.offsets);
  for (const longest of [2 * length, 2 * length - 1]) {
    const isRoom = longest === 2 * length;
    const options = { durability: "full", limit: 1000, longest } as const;
    const writer = await JournalWriter.create(nodeFileSystem, `${at.main}.${longest}`, options);
    const record = () => writer.encode(index, changes);
    assert.equal(writer.appendNow(record()), false, "no room is made yet");
    await writer.append(record());
    assert.equal(writer.appendNow(record()), isRoom);
    if (!isRoom) await assert.rejects(writer.append(record()), TableTooLongError);
    await writer.close();
  }
});

test("J1 J2 both ways write the same journal", async () => {
  const step = fc.array(
    fc.record({ id: fc.nat(3), offset: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }),
  );
  await check(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const journals: string[] = [];
      for (const fileSystem of [nodeFileSystem, { ...nodeFileSystem }]) {
        await using at = await StoreDirectory.make();
        const { store } = await begun(at, { options: { fileSystem } });
        for (const updates of steps) {
          for (const { id, offset } of updates) store.update(queue(id), offset, false);
          await store.persist();
        }
        journals.push(await textOf(at));
      }
      assert.equal(journals[0], journals[1]);
    }),
    { numRuns: 20 },
  );
});
