/** The text of a journal: written records are read, and every damage is reported. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MessageQueue, OffsetFileSyntaxError, OffsetTable } from "../../../src/core/mod.ts";
import { crc32 } from "../../../src/core/format/crc32.ts";
import type { JournalHeader } from "../../../src/core/format/journal_header.ts";
import { readJournal } from "../../../src/core/format/read_journal.ts";
import { anyQueue, offset } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { firstHeaderOf, headerOf, recordOf } from "../../support/journal_lines.ts";

const encode = (text: string) => new TextEncoder().encode(text);

const SNAPSHOT = { length: 1306, crc32: 0x89abcdef };

const at = (queueId: number): MessageQueue => ({ topic: "orders", brokerName: "b", queueId });

/** A line whose checksum is right, whatever it says. */
const line = (text: string) => `${crc32(encode(text)).toString(16).padStart(8, "0")} ${text}\n`;

const HEADER = '{"version":1,"generation":7,"length":1306,"crc32":"89abcdef","durability":"full"}';
const READ_HEADER: JournalHeader = {
  snapshot: SNAPSHOT,
  generation: 7,
  durability: "full",
  version: 1,
};
const RECORD = String
  .raw`{"offsetTable":{"{\"topic\":\"orders\",\"brokerName\":\"b\",\"queueId\":0}":42}}`;

const record = fc.uniqueArray(fc.tuple(anyQueue, offset), {
  selector: ([mq]) => JSON.stringify([mq.topic, mq.brokerName, mq.queueId]),
  maxLength: 4,
});

const snapshot = fc.record({
  length: fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32, 999_999_999_999_999)),
  crc32: fc.oneof(
    fc.integer({ min: 0, max: 0xffffffff }),
    fc.constantFrom(0, 1, 0xffffffff, 0x80000000),
  ),
});

test("J2 the lines are those that the module's comment shows", () => {
  assert.equal(headerOf(SNAPSHOT), line(HEADER));
  assert.equal(recordOf([[at(0), 42n]]), line(RECORD));
  const [first, second] = [at(0), at(1)].map((mq) =>
    recordOf([[mq, 1n]]).slice('12345678 {"offsetTable":{'.length, -"}}\n".length)
  );
  const two = `{"offsetTable":{${first},${second}}}`;
  assert.equal(recordOf([[at(0), 1n], [at(1), 1n]]), line(two));
  assert.equal(recordOf([]), line('{"offsetTable":{}}'));
  assert.equal(
    headerOf({ length: 0, crc32: 5 }, undefined, { generation: 1, durability: "relaxed" }).slice(9),
    '{"version":1,"generation":1,"length":0,"crc32":"00000005","durability":"relaxed"}\n',
  );
});

test("J2 the given function makes the checksums of the lines, and judges them", () => {
  const crc = () => 0xabc;
  const text = headerOf(SNAPSHOT, crc) + recordOf([[at(0), 42n]], crc);
  assert.equal(text, `00000abc ${HEADER}\n00000abc ${RECORD}\n`);
  assert.equal(readJournal(encode(text), crc).records, 1);
  assert.equal(readJournal(encode(text)).header, undefined);
});

test("J3 the last offset of each queue that was written is read", () => {
  check(fc.property(snapshot, fc.array(record), (id, records) => {
    const text = headerOf(id) + records.map((each) => recordOf(each)).join("");
    const { table, ...rest } = readJournal(encode(text));
    const header = { ...READ_HEADER, snapshot: { ...id } };
    assert.deepEqual(rest, { header, records: records.length, damage: undefined });
    assert.deepEqual([...table], [...OffsetTable.from(records.flat())]);
  }));
});

test("J3 a journal of version 0.1.0 is read, of each queue the last offset", () => {
  check(fc.property(snapshot, fc.array(record), (id, records) => {
    const text = firstHeaderOf(id) + records.map((each) => recordOf(each)).join("");
    const { table, ...rest } = readJournal(encode(text));
    const header = { snapshot: { ...id }, generation: undefined, durability: "full", version: 0 };
    assert.deepEqual(rest, { header, records: records.length, damage: undefined });
    assert.deepEqual([...table], [...OffsetTable.from(records.flat())]);
  }));
});

test("J2 zeros behind the last line are room for the next one, and no damage", () => {
  const text = line(HEADER) + line(RECORD);
  for (const room of [1, 64, 5000]) {
    assert.deepEqual(
      readJournal(encode(text + "\0".repeat(room))),
      readJournal(encode(text)),
    );
    const { records, damage } = readJournal(encode(text + "\0".repeat(room) + "}"));
    assert.deepEqual([records, damage], [1, torn(text.length)]);
  }
});

test("J2 an empty journal holds nothing, and is not damaged", () => {
  for (const length of [0, 1, 4096]) {
    const { table, ...rest } = readJournal(new Uint8Array(length));
    assert.deepEqual(rest, { header: undefined, records: 0, damage: undefined });
    assert.equal(table.size, 0);
  }
});

/** One bad line at the end. */
const torn = (position: number) => ({
  kind: "torn",
  position,
  reason: "its last record was not written to the end",
});

/** Asserts that a journal is refused, at this position and for this reason. */
function refuses(text: string, position: number, reason: string): void {
  assert.throws(() => readJournal(encode(text)), (error) => {
    assert.ok(error instanceof OffsetFileSyntaxError);
    assert.deepEqual([error.position, error.reason], [position, reason]);
    return true;
  });
}

/** More than one bad line, or a good line behind a bad one. */
const followed = (position: number) => ({
  kind: "corrupt",
  position,
  reason: "the record that begins here is damaged, and good ones follow it",
});
const several = (position: number) => ({
  kind: "corrupt",
  position,
  reason: "more than one record is damaged at the end, which no single write does",
});

test("J2 one damaged line at the end is torn; several, or one before a good one, are corruption", () => {
  const good = line(HEADER) + line(RECORD);
  const damages = [
    "\n",
    "x\n",
    "12345678\n",
    "12345678 \n",
    `${line(RECORD).slice(1)}`,
    ` ${line(RECORD)}`,
    line(RECORD).replace(" ", "_"),
    line(RECORD).replace("42", "43"),
    line(RECORD).toUpperCase(),
    "é\0\n",
  ];
  for (const damaged of damages) {
    const read = (text: string) => {
      const { damage, records, header } = readJournal(encode(text));
      return { damage, records, header };
    };
    const rest = { records: 1, header: READ_HEADER };
    const at = good.length;
    assert.deepEqual(read(good + damaged), { damage: torn(at), ...rest }, damaged);
    assert.deepEqual(read(good + damaged + damaged), { damage: several(at), ...rest });
    assert.deepEqual(read(good + damaged + "x"), { damage: several(at), ...rest });
    assert.deepEqual(read(good + damaged + line(RECORD)), { damage: followed(at), ...rest });
    assert.deepEqual(read(good + damaged + damaged + line(RECORD) + "x"), {
      damage: followed(at),
      ...rest,
    });
    const none = { records: 0, header: undefined };
    assert.deepEqual(read(damaged), { damage: torn(0), ...none });
    assert.deepEqual(read(damaged + good), { damage: followed(0), ...none });
  }
});

test("J2 a record that lacks only its newline is torn, since the next one may be another's", () => {
  const { damage, records } = readJournal(encode((line(HEADER) + line(RECORD)).slice(0, -1)));
  assert.deepEqual([damage, records], [torn(line(HEADER).length), 0]);
});

test("J2 a good first line that does not name a snapshot is refused", () => {
  for (const header of ["", RECORD, `${HEADER} `, ` ${HEADER}`, HEADER.replace("1306", "x")]) {
    refuses(line(header), 0, "the first line does not name a snapshot");
    refuses(line(header) + line(RECORD), 0, "the first line does not name a snapshot");
    refuses(line(header) + "torn", 0, "the first line does not name a snapshot");
  }
});

test("J2 a journal of a newer format is refused, with the version", () => {
  assert.throws(
    () => readJournal(encode(line('{"version":2,"x":[]}') + line(RECORD))),
    (error) => {
      assert.ok(error instanceof OffsetFileSyntaxError);
      assert.equal(error.position, 0);
      assert.match(error.reason, /^the first line has format version 2, written by a newer/);
      return true;
    },
  );
});

test("J2 a good line that is no record is corruption, with the reason", () => {
  for (
    const [text, reason] of [
      ["", 'expected "{" to open the file, found the end'],
      ["{}", 'the file has no "offsetTable"'],
      [HEADER, 'the file has no "offsetTable"'],
      ['{"offsetTable":{}}}', 'expected the end, found "}"'],
    ]
  ) {
    for (const before of [line(HEADER), line(HEADER) + line(RECORD)]) {
      for (const behind of ["", line(RECORD), "torn"]) {
        const { header, records, damage } = readJournal(encode(before + line(text) + behind));
        assert.deepEqual(header, READ_HEADER);
        assert.equal(records, before === line(HEADER) ? 0 : 1);
        assert.deepEqual(damage, {
          kind: "corrupt",
          position: before.length,
          reason: `the line that begins here is no record: ${reason}`,
        });
      }
    }
  }
});

test("J2 a record may have a checksum of its own, which must be right", () => {
  const signed = (sum: string) => line(HEADER) + line(`{"offsetTable":{},"crc32":"${sum}"}`);
  const sum = crc32(encode("{}")).toString(16).padStart(8, "0");
  assert.equal(readJournal(encode(signed(sum))).records, 1);
  const { records, damage } = readJournal(encode(signed("00000000")));
  assert.deepEqual([records, damage?.kind, damage?.position], [0, "corrupt", line(HEADER).length]);
});

test("J2 an error of the checksum function is not taken for damage", () => {
  const broken = new Error("no CRC here");
  const crc = (bytes: Uint8Array) => {
    if (bytes.length === "{}".length) throw broken;
    return crc32(bytes);
  };
  const text = line(HEADER) + line('{"offsetTable":{},"crc32":"00000000"}');
  assert.throws(() => readJournal(encode(text), crc), (error) => error === broken);
});
