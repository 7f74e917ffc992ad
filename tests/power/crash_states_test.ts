import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { Random } from "../../scripts/lib/random.ts";
import {
  type CrashState,
  crashStates,
  type PowerCut,
} from "../../scripts/verify/power/crash_states.ts";
import { DiskContent, SECTOR } from "../../scripts/verify/power/disk_content.ts";
import {
  type DiskEvent,
  type DiskWrite,
  flushRecord,
  readDiskLog,
  writeRecord,
} from "../../scripts/verify/power/disk_log.ts";
import { check } from "../support/check.ts";

const PAGES = 4;
const SECTORS = PAGES * 8;

const write: fc.Arbitrary<DiskWrite> = fc.tuple(
  fc.nat(SECTORS - 1),
  fc.integer({ min: 1, max: 12 }),
  fc.nat(3),
).map(([sector, count, fill]) => {
  const sectors = Math.min(count, SECTORS - sector);
  return { offset: sector * SECTOR, data: new Uint8Array(sectors * SECTOR).fill(fill) };
});

/** Writes, and flushes that cover some of those before them. */
const log: fc.Arbitrary<Uint8Array> = fc.array(
  fc.oneof({ weight: 3, arbitrary: write }, { weight: 1, arbitrary: fc.nat(100) }),
  { maxLength: 12 },
).map((parts) => {
  let [writes, covered] = [0, 0];
  return Buffer.concat(parts.map((part) => {
    if (typeof part !== "number") {
      writes++;
      return writeRecord(part);
    }
    // The kernel never takes back what an earlier flush has covered.
    covered = covered + part % (writes - covered + 1);
    return flushRecord(covered);
  }));
});

const MODEL = { from: 0, subsets: 6, promisesAt: () => 0 };

/** The bytes of a disk after a power cut, by the definition. */
function contentOf(
  events: readonly DiskEvent[],
  { durable, kept }: Pick<PowerCut, "durable" | "kept">,
): string {
  const bytes = Buffer.alloc(SECTORS * SECTOR);
  const writes = events.flatMap((event) => event.kind === "write" ? [event.write] : []);
  for (const { offset, data } of [...writes.slice(0, durable), ...kept]) bytes.set(data, offset);
  return bytes.toString("latin1");
}

const endsOf = (states: readonly CrashState[]) =>
  states.map(({ cuts }) => cuts.map(({ end }) => end));

const empty = () => new DiskContent(Buffer.alloc(SECTORS * SECTOR));

test("power: a log is read as it was written, and one that is cut off is refused", () => {
  check(fc.property(fc.array(write, { minLength: 1 }), fc.nat(), (writes, covers) => {
    const records = [...writes.map(writeRecord), flushRecord(covers)];
    const bytes = Buffer.concat(records);
    const events = readDiskLog(bytes);
    const told = events.map((event) =>
      event.kind === "flush" ? event.covers : { ...event.write, data: [...event.write.data] }
    );
    assert.deepEqual(told, [
      ...writes.map(({ offset, data }) => ({ offset, data: [...data] })),
      covers,
    ]);
    assert.equal(events.at(-1)!.end, bytes.length);
    assert.throws(() => readDiskLog(bytes.subarray(0, -1)), RangeError);
  }));
  assert.throws(() => readDiskLog(new Uint8Array(24)), /a record has the type 0/);
});

test("power: what a flush covers is there after each power cut, and of the rest any part", () => {
  let met = { all: 0, some: 0 };
  check(fc.property(log, fc.constantFrom(512, 4096), fc.integer(), (bytes, unit, seed) => {
    const events = readDiskLog(bytes);
    const states = crashStates(empty(), events, { ...MODEL, unit }, new Random(String(seed)));
    const contents = states.map(({ cuts: [first] }) => contentOf(events, first));
    assert.equal(new Set(contents).size, contents.length, "equal contents are one state");
    for (
      const { events: count, end, durable, pending, kept } of states.map(({ cuts }) => cuts[0])
    ) {
      assert.equal(end, count === 0 ? 0 : events[count - 1].end);
      const before = events.slice(0, count);
      const covers = before.map((event) => event.kind === "flush" ? event.covers : 0);
      assert.equal(durable, Math.max(0, ...covers));
      const writes = before.flatMap((event) => event.kind === "write" ? [event.write] : []);
      const later = writes.slice(durable);
      assert.equal(
        pending.reduce((sum, { data }) => sum + data.length, 0),
        later.reduce((sum, { data }) => sum + data.length, 0),
      );
      for (const { offset, data } of pending) {
        assert.equal(Math.floor(offset / unit), Math.floor((offset + data.length - 1) / unit));
      }
      assert.deepEqual(kept, pending.filter((piece) => kept.includes(piece)), "in their order");
      met = {
        all: met.all + Number(kept.length === pending.length),
        some: met.some + Number(kept.length > 0 && kept.length < pending.length),
      };
    }
    // A cut after any event may leave everything that was written to the disk.
    for (let count = 0; count <= events.length; count++) {
      const writes = events.slice(0, count).flatMap((event) =>
        event.kind === "write" ? [event.write] : []
      );
      const content = contentOf(events, { durable: 0, kept: writes });
      assert.ok(contents.includes(content));
    }
  }));
  assert.ok(met.all > 100 && met.some > 100, JSON.stringify(met));
});

test("power: a state is checked against each promise that holds when it may be there", () => {
  const first = { offset: 0, data: new Uint8Array(SECTOR).fill(1) };
  const same = { offset: 0, data: new Uint8Array(SECTOR).fill(1) };
  const events = readDiskLog(
    Buffer.concat([writeRecord(first), flushRecord(1), writeRecord(same)]),
  );
  const [, { end }] = events;
  const promisesAt = (at: number) => Number(at >= end);
  const states = crashStates(empty(), events, { ...MODEL, unit: 4096, promisesAt }, new Random(""));
  assert.deepEqual(endsOf(states), [[0], [events[0].end, end]]);
  const late = crashStates(
    empty(),
    events,
    { ...MODEL, unit: 4096, promisesAt, from: end },
    new Random(""),
  );
  assert.deepEqual(endsOf(late), [[end]]);
});

test("power: where something is promised before any flush, nothing of it may be there", () => {
  const writes = [0, 1, 2].map((i) => ({
    offset: i * SECTOR,
    data: new Uint8Array(SECTOR).fill(1),
  }));
  const events = readDiskLog(Buffer.concat(writes.map(writeRecord)));
  const [first, second] = events;
  for (const { end } of [first, second]) {
    const promisesAt = (at: number) => Number(at >= end);
    // Between two writes, the subsets are else taken by chance.
    const never = Object.assign(new Random(""), { chance: () => false });
    const states = crashStates(empty(), events, { ...MODEL, unit: 4096, promisesAt }, never);
    assert.deepEqual(endsOf(states)[0], [0, end]);
    assert.deepEqual(states[0].cuts[1].kept, []);
  }
});

test("power: a part of the disk may be kept whole", () => {
  const data = new Uint8Array(8 * SECTOR).fill(1);
  const events = readDiskLog(writeRecord({ offset: 0, data }));
  const whole = { begin: 1024, end: 2048 };
  const states = crashStates(empty(), events, { ...MODEL, unit: 512, whole }, new Random(""));
  const pieces = states.at(-1)!.cuts[0].pending;
  assert.deepEqual(pieces.map(({ data }) => data.length), [512, 512, 1024, 512, 512, 512, 512]);
});

test("power: equal contents have equal identities and others do not, and an image has the content", async () => {
  const folder = await mkdtemp(join(tmpdir(), "power-test-"));
  try {
    await check(fc.asyncProperty(fc.array(write), fc.array(write), async (durable, pending) => {
      const content = empty();
      durable.forEach((each) => content.apply(each));
      const identity = content.identityWith(pending);
      const path = join(folder, "image");
      content.writeImage(path, pending);
      const bytes = Buffer.alloc(SECTORS * SECTOR);
      for (const { offset, data } of [...durable, ...pending]) bytes.set(data, offset);
      assert.ok(bytes.equals(await readFile(path)));
      const other = empty();
      other.apply({ offset: 0, data: bytes });
      assert.equal(other.identityWith([]), identity);
      bytes[bytes.length - 1] ^= 1;
      const third = empty();
      third.apply({ offset: 0, data: bytes });
      assert.notEqual(third.identityWith([]), identity);
    }));
  } finally {
    await rm(folder, { recursive: true });
  }
});
