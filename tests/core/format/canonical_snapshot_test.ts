/** Reading a snapshot window by window, against the reader that has the whole text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as zlib from "node:zlib";
import fc from "fast-check";
import { OffsetTable, serialize } from "../../../src/core/mod.ts";
import { partEnd, readCanonicalSnapshot } from "../../../src/core/format/canonical_snapshot.ts";
import { crc32 } from "../../../src/core/format/crc32.ts";
import { MAX_GENERATION } from "../../../src/core/format/generation.ts";
import { parseSnapshot, type Snapshot } from "../../../src/core/format/parse.ts";
import { canonicalText } from "../../../src/core/format/serialize.ts";
import { atOnce, SLICE } from "../../../src/core/slices.ts";
import { entries, table as tables } from "../../../scripts/lib/arbitraries.ts";
import { check, inProportion } from "../../support/check.ts";
import { madeLengths } from "../made_objects.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const read = (text: string, window?: number) =>
  atOnce(readCanonicalSnapshot(encode(text), crc32, window));

/** From windows that are too short for any entry to one that holds all. */
const window = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(2 ** 20));
const generation = fc.option(fc.integer({ min: 1, max: MAX_GENERATION }), { nil: undefined });

function assertSame(found: Snapshot, expected: Snapshot): void {
  assert.deepEqual([...found.table], [...expected.table]);
  const rest = ({ generation, checksum }: Snapshot) => ({ generation, checksum });
  assert.deepEqual(rest(found), rest(expected));
}

test("S4 a file that this module wrote is read window by window, whatever the windows", () => {
  check(fc.property(tables, fc.boolean(), generation, window, (table, checksum, number, window) => {
    const text = serialize(table, { checksum, generation: number });
    const found = read(text, window);
    // An empty table is left to the other reader.
    if (table.size === 0) return assert.equal(found, undefined);
    assert.ok(found !== undefined, text);
    assertSame(found, parseSnapshot(text, crc32));
    assert.ok(found.table.equals(table));
  }));
});

test("S4 entries in any order and twice are read as the other reader reads them", () => {
  check(fc.property(entries, window, (all, window) => {
    fc.pre(all.length > 0);
    const one = all.map((entry) =>
      serialize(OffsetTable.from([entry])).slice('{"offsetTable":{'.length, -2)
    );
    const text = `{"offsetTable":{${one.join(",")}}}`;
    const found = read(text, window);
    assert.ok(found !== undefined, text);
    assertSame(found, parseSnapshot(text, crc32));
  }));
});

test("S4 S5 L4 a file with any content is read as by the other reader, or left to it", () => {
  const edit = fc.record({
    at: fc.nat({ max: 400 }),
    cut: fc.nat({ max: 3 }),
    text: fc.constantFrom("", ",", "x", " ", "1", "2", "7", "10", "-", "0", "}", ',"x":1'),
  });
  let [taken, left] = [0, 0];
  check(
    fc.property(
      tables,
      fc.boolean(),
      generation,
      fc.array(edit, { minLength: 1, maxLength: 2 }),
      window,
      (table, checksum, number, edits, window) => {
        let text = serialize(table, { checksum, generation: number });
        for (const { at, cut, text: added } of edits) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + added + text.slice(place + cut);
        }
        // A file has no half of a character.
        text = text.toWellFormed();
        const found = read(text, window);
        if (found === undefined) return void left++;
        taken++;
        assertSame(found, parseSnapshot(text, crc32));
      },
    ),
    { numRuns: 1500 },
  );
  assert.ok(
    taken > inProportion(15) && left > inProportion(100),
    `${taken} were read, ${left} were not`,
  );
});

test("S5 a wrong checksum, a longer tail and other bytes are left to the other reader", () => {
  const table = OffsetTable.from([[{ topic: "t", brokerName: "b", queueId: 0 }, 7]]);
  const text = serialize(table, { checksum: true, generation: 3 });
  assert.ok(read(text) !== undefined);
  const others = [
    text.replace('":7', '":8'),
    text.replace('"generation":3', '"generation":4'),
    text.replace('"generation":3', '"generation":03'),
    `${text}\n`,
    `${text}${" ".repeat(100)}`,
    `${text.slice(0, -1)},"more":1}`,
    `\ufeff${text}`,
    ` ${text}`,
    text.replace("{", "{ "),
    "",
    '{"offsetTable":{',
    '{"offsetTable":{}}',
  ];
  for (const other of others) assert.equal(read(other), undefined, other);
});

test("S5 S6 bytes that are not UTF-8, and a mark of the byte order, are left to the other reader", () => {
  // Without a checksum, and in another part than the end, nothing else would notice them.
  const queue = (topic: string) => ({ topic, brokerName: "b", queueId: 0 });
  const text = serialize(OffsetTable.from([[queue("t"), 7], [queue("u"), 7]]));
  assert.ok(read(text, 1) !== undefined);
  const bytes = encode(text);
  bytes[text.indexOf("t\\")] = 0xff;
  assert.equal(atOnce(readCanonicalSnapshot(bytes, crc32, 1)), undefined);
  assert.equal(read(text.replace('{"{', '{\ufeff"{'), 1), undefined);
});

/** The places behind a comma and before a quote. */
const placesIn = (text: string) => Array.from(text.matchAll(/(?<=,)(?=")/g), ({ index }) => index);

test("S4 a part ends at the last place between two entries, within the length that it may have", () => {
  const text = fc.string({ unit: fc.constantFrom(...'",x'), maxLength: 30, size: "max" });
  const part = fc.integer({ min: 1, max: 10 });
  check(fc.property(text, fc.nat(30), part, (text, start, part) => {
    const end = partEnd(encode(text), start, part);
    let length = part;
    const fit = () => placesIn(text).filter((at) => at > start && at <= start + length);
    while (start + length < text.length && fit().length === 0) length *= 2;
    assert.equal(end, start + length < text.length ? fit().at(-1) : text.length);
  }));
});

test("S4 the parts of a file: worked examples", () => {
  const bytes = encode('"a":1,"b":2,"c":3}}');
  assert.equal(partEnd(bytes, 0, 12), 12);
  assert.equal(partEnd(bytes, 0, 11), 6);
  assert.equal(partEnd(bytes, 0, 6), 6);
  assert.equal(partEnd(bytes, 0, 4), 6, "8 may be, since 4 is too short for an entry");
  assert.equal(partEnd(bytes, 6, 1), 12);
  assert.equal(partEnd(bytes, 12, 6), 19, "the last part");
  assert.equal(partEnd(bytes, 0, 19), 19);
  assert.equal(partEnd(bytes, 0, 18), 12);
  assert.equal(partEnd(bytes, 19, 1), 19);
});

test("S5 P1 a checksum is computed for 256 K at a time, with a turn after each", () => {
  const most = 1024 * SLICE;
  const summed = (length: number) => {
    const topic = (size: number) => ({ topic: "x".repeat(size), brokerName: "b", queueId: 0 });
    const lengthOf = (size: number) => canonicalText(OffsetTable.from([[topic(size), 1]])).length;
    const table = OffsetTable.from([[topic(length - lengthOf(0)), 1]]);
    const lengths: number[] = [];
    const crc = (bytes: Uint8Array, before?: number) => {
      lengths.push(bytes.length);
      return zlib.crc32(bytes, before);
    };
    const bytes = encode(serialize(table, { checksum: true }));
    const turns = [...readCanonicalSnapshot(bytes, crc)];
    assert.deepEqual(turns, lengths.map(() => SLICE));
    return lengths;
  };
  assert.deepEqual(summed(most - 1), [most - 1]);
  assert.deepEqual(summed(most), [most]);
  assert.deepEqual(summed(most + 1), [most, 1]);
  assert.deepEqual(summed(2 * most), [most, most]);
});

test("S4 room for the whole file is made once, as much as its first part suggests", () => {
  /** The lengths of the arrays that are made while a file is read, in parts of up to 700 bytes. */
  const made = (topics: readonly string[]) => {
    // Ids and offsets of four digits, so that all entries of a topic have one length.
    const all = topics.map((topic, i) =>
      [{ topic, brokerName: "b", queueId: 1000 + i }, 1000 + i] as const
    );
    const text = serialize(OffsetTable.from(all));
    return madeLengths(() => assert.equal(read(text, 700)?.table.size, all.length));
  };
  const short = (count: number) => Array(count).fill("t");
  // An index of 16 queues, and a column that grows by half, with two halves for each offset.
  const first = [16, 0, 2, 6, 12, 20, 32];
  assert.deepEqual(made(short(12)), first);
  // It has 8 times as many bytes as the first part, which holds 12 queues.
  assert.deepEqual(made(short(100)), [...first, 128, 2 * 148]);
  // The first part holds one long entry: the room is too small, and grows step by step.
  const grown = [50, 78, 64, 120, 182, 128, 276];
  assert.deepEqual(made(["long".repeat(150), ...short(100)]), [16, 0, 2, 32, 2 * 16, ...grown]);
});

test("P1 a large file is read in many slices of up to some thousand queues", () => {
  const mqs = Array.from({ length: 20_000 }, (_, i) =>
    [
      { topic: `topic-${i >> 4}`, brokerName: "b", queueId: i & 15 },
      i,
    ] as const);
  const bytes = encode(serialize(OffsetTable.from(mqs), { checksum: true }));
  const reading = readCanonicalSnapshot(bytes, zlib.crc32);
  let slices = 0;
  let step = reading.next();
  for (; step.done !== true; step = reading.next()) {
    assert.ok(step.value <= 1024);
    slices++;
  }
  assert.ok(slices > 50, `${slices} slices`);
  assert.equal(step.value?.table.size, 20_000);
  assert.equal(step.value.checksum, "verified");
});

test("S5 a tail that is too long is left to the other reader, also if a character is cut", () => {
  const text = serialize(OffsetTable.from([[{ topic: "t", brokerName: "b", queueId: 0 }, 1n]]));
  assert.ok(read(text) !== undefined);
  // Characters of two bytes: one of both tails ends in the middle of one.
  for (const first of ["", "x"]) {
    const longer = `${text.slice(0, -1)},"${first}${"é".repeat(80)}":1}`;
    assert.equal(read(longer), undefined);
    assert.ok(parseSnapshot(longer, crc32).table.size === 1);
  }
});
