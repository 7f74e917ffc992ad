/** A journal's file: each record is whole and durable before it is acknowledged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { powerCuts } from "../../../scripts/verify/disk/power_cuts.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { readJournal } from "../../../src/core/format/read_journal.ts";
import { Int64Array } from "../../../src/core/table/int64_array.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { JournalWriter } from "../../../src/file/commit/journal_writer.ts";
import { check } from "../../support/check.ts";
import { type Fault, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue } from "../../support/store_directory.ts";

const MAIN = "/root/c/g/offset.json";
const JOURNAL = `${MAIN}.journal`;

const index = new QueueIndex();
const slot = index.add(queue(0));

/** A record that sets the queue. */
const changes = (offset: number) => ({
  slots: Uint32Array.of(slot),
  offsets: Int64Array.of(BigInt(offset)),
  deleted: [],
});

const fault = (name: string, more: Partial<Fault> = {}): Fault => (
  { when: (call) => call.name === name, code: "EIO", ...more }
);

/** A journal of a main file, with its first line. */
async function begun(
  { durability = "full", limit = 1000, length = 1 }: {
    durability?: "full" | "relaxed";
    limit?: number;
    length?: number;
  } = {},
) {
  const disk = await diskWith({ "offset.json": "main" });
  const real = new SimulatedFileSystem(disk);
  const faulty = new FaultyFileSystem(wrap(real, {}));
  const { fileSystem } = faulty;
  const writer = await JournalWriter.create(fileSystem, MAIN, { durability, limit });
  assert.deepEqual(faulty.take(), ["create", "fstat"]);
  const like = (await real.stat(MAIN))!;
  await writer.begin({ generation: 5, id: { length, crc32: 2 }, like });
  const bytes = async () => (await real.readFile(JOURNAL)).bytes;
  const content = async () => readJournal(await bytes());
  return { disk, faulty, writer, bytes, content };
}

test("P2 J1 a record is acknowledged when it is written and synced, whatever room is made", async () => {
  const durability = fc.constantFrom("full", "relaxed");
  await check(
    fc.asyncProperty(durability, fc.nat(400), fc.nat(8), async (durability, limit, records) => {
      const { disk, faulty, writer, content } = await begun({ durability, limit });
      const sync = durability === "full" ? ["syncData"] : [];
      const room = limit > 0 ? ["reserve", "fstat"] : [];
      assert.deepEqual(faulty.take(), [
        ...["fstat", "write", ...room, ...sync],
        ...durability === "full" ? ["syncDirectory"] : [],
      ]);
      for (let offset = 1; offset <= records; offset++) {
        const record = writer.encode(index, changes(offset));
        const bytes = record.length;
        await writer.append(record);
        assert.ok(bytes > 80 && bytes < 120, `${bytes} bytes`);
        const calls = faulty.take();
        if (calls.length === 1 + sync.length) assert.deepEqual(calls, ["write", ...sync]);
        else assert.deepEqual(calls, ["fstat", "write", ...room, ...sync]);
        const { records: count, table, damage } = await content();
        assert.deepEqual([count, table.get(queue(0)), damage], [offset, BigInt(offset), undefined]);
        if (durability === "relaxed") continue;
        for (const { disk: cut } of powerCuts(disk)) {
          const { bytes } = await new SimulatedFileSystem(cut).readFile(JOURNAL);
          assert.equal(readJournal(bytes).records, offset);
        }
      }
      await writer.close();
      assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
    }),
    { numRuns: 50 },
  );
});

test("J2 the first line names the snapshot, its generation and how the journal is written", async () => {
  for (const durability of ["full", "relaxed"] as const) {
    const { content } = await begun({ durability, length: 77 });
    const { header, records } = await content();
    assert.deepEqual(header, {
      snapshot: { length: 77, crc32: 2 },
      generation: 5,
      durability,
      version: 1,
    });
    assert.equal(records, 0);
  }
});

test("O1 a journal takes owner, group and mode after main", async () => {
  const disk = await diskWith({ "offset.json": "main" });
  const fileSystem = new SimulatedFileSystem(disk);
  const main = (await fileSystem.stat(MAIN))!;
  const like = { ...main, uid: 7, gid: 8, mode: 0o640 };
  const writer = await JournalWriter.create(fileSystem, MAIN, { durability: "full", limit: 0 });
  await writer.begin({ generation: 1, id: { length: 1, crc32: 2 }, like });
  const { uid, gid, mode } = (await fileSystem.stat(JOURNAL))!;
  assert.deepEqual({ uid, gid, mode }, { uid: 7, gid: 8, mode: 0o640 });
});

test("J4 a journal is outgrown once it is longer than the limit and than its snapshot", async () => {
  await check(
    fc.asyncProperty(fc.nat(500), fc.nat(500), async (limit, length) => {
      const { writer, content, bytes } = await begun({ limit, length });
      for (let offset = 1; offset <= 5; offset++) {
        const written = (await bytes()).findLastIndex((byte) => byte !== 0) + 1;
        assert.equal(writer.isOutgrown, written > Math.max(limit, length));
        await writer.append(writer.encode(index, changes(offset)));
      }
      assert.equal((await content()).records, 5);
    }),
    { numRuns: 50 },
  );
});

test("J5 the room that is left is given back, and records may follow", async () => {
  const { writer, faulty, bytes, content } = await begun({ limit: 10_000 });
  await writer.append(writer.encode(index, changes(1)));
  const { length } = await bytes();
  await writer.giveRoomBack();
  const cut = await bytes();
  assert.ok(cut.length < length);
  assert.equal(cut.at(-1), "\n".charCodeAt(0), "it ends with its last record");
  faulty.take();
  await writer.giveRoomBack();
  assert.deepEqual(faulty.take(), [], "there is no more to give back");
  await writer.append(writer.encode(index, changes(2)));
  assert.deepEqual(faulty.take(), ["fstat", "write", "reserve", "fstat", "syncData"]);
  assert.equal((await content()).records, 2);
});

test("J5 room that cannot be made, in whole or in part, does not stay; the record does", async () => {
  for (const name of ["reserve", "fstat"]) {
    const { writer, faulty, bytes } = await begun({ limit: 10 });
    // The second description is that of the room.
    let described = 0;
    const when = (call: { readonly name: string }) =>
      call.name === name && (name === "reserve" || described++ === 1);
    faulty.faults = [{ when, code: "ENOSPC", after: true }];
    faulty.take();
    await writer.append(writer.encode(index, changes(1)));
    assert.ok(faulty.take().includes("truncate"));
    assert.equal((await bytes()).at(-1), "\n".charCodeAt(0));
    await writer.append(writer.encode(index, changes(2)));
    assert.equal(readJournal(await bytes()).records, 2);
  }
});

test("P9 a record of which somebody cuts a part off is not acknowledged", async () => {
  const { disk, faulty, writer } = await begun({ limit: 0 });
  await writer.append(writer.encode(index, changes(1)));
  const { ino } = (await new SimulatedFileSystem(disk).stat(JOURNAL))!;
  faulty.before = ({ name }) => {
    if (name === "fstat") disk.changeData(ino as number, { kind: "truncate", length: 150 });
  };
  await assert.rejects(
    writer.append(writer.encode(index, changes(2))),
    /somebody else has cut the journal/,
  );
});

test("P4 a journal whose description fails is closed, and one whose close fails is no failure", async () => {
  const disk = await diskWith({ "offset.json": "main" });
  const faulty = new FaultyFileSystem(wrap(new SimulatedFileSystem(disk), {}));
  const create = () =>
    JournalWriter.create(faulty.fileSystem, MAIN, { durability: "full", limit: 0 });
  faulty.faults = [fault("fstat")];
  await assert.rejects(create(), { code: "EIO" });
  assert.deepEqual(faulty.open, []);
  faulty.faults = [];
  await assert.rejects(create(), { code: "EEXIST" });
  await faulty.fileSystem.unlink(JOURNAL);
  const writer = await create();
  faulty.faults = [fault("close")];
  await writer.close();
  assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
});
