/** The text of a journal: what is written is read, and every damage is a tear or is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MessageQueue, OffsetFileSyntaxError, OffsetTable } from "../../../src/core/mod.ts";
import { crc32 } from "../../../src/core/format/crc32.ts";
import { readJournal } from "../../../src/core/format/read_journal.ts";
import { anyQueue, type Entry, offset } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { headerOf, recordOf } from "../../support/journal_lines.ts";

const encode = (text: string) => new TextEncoder().encode(text);

const SNAPSHOT = { length: 1306, crc32: 0x89abcdef };

const at = (queueId: number): MessageQueue => ({ topic: "orders", brokerName: "b", queueId });

/** A line whose checksum is right, whatever it says. */
const line = (text: string) => `${crc32(encode(text)).toString(16).padStart(8, "0")} ${text}\n`;

const HEADER = '{"snapshot":{"length":1306,"crc32":"89abcdef"}}';
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
    headerOf({ length: 0, crc32: 5 }).slice(9),
    '{"snapshot":{"length":0,"crc32":"00000005"}}\n',
  );
});

test("J2 the given function makes the checksums of the lines, and judges them", () => {
  const crc = () => 0xabc;
  const text = headerOf(SNAPSHOT, crc) + recordOf([[at(0), 42n]], crc);
  assert.equal(text, `00000abc ${HEADER}\n00000abc ${RECORD}\n`);
  assert.equal(readJournal(encode(text), crc).records, 1);
  assert.equal(readJournal(encode(text)).snapshot, undefined);
});

test("J3 what was written is read, of each queue the last offset", () => {
  check(fc.property(snapshot, fc.array(record), (id, records) => {
    const text = headerOf(id) + records.map((each) => recordOf(each)).join("");
    const { table, ...rest } = readJournal(encode(text));
    assert.deepEqual(rest, { snapshot: { ...id }, records: records.length, tornAt: undefined });
    assert.deepEqual([...table], [...OffsetTable.from(records.flat())]);
  }));
});

test("J2 zeros behind the last line are room for the next, and nothing is torn", () => {
  const text = line(HEADER) + line(RECORD);
  for (const room of [1, 64, 5000]) {
    assert.deepEqual(
      readJournal(encode(text + "\0".repeat(room))),
      readJournal(encode(text)),
    );
    const { records, tornAt } = readJournal(encode(text + "\0".repeat(room) + "}"));
    assert.deepEqual([records, tornAt], [1, text.length]);
  }
});

test("J2 a journal that is empty holds nothing, and nothing is torn", () => {
  const { table, ...rest } = readJournal(new Uint8Array(0));
  assert.deepEqual(rest, { snapshot: undefined, records: 0, tornAt: undefined });
  assert.equal(table.size, 0);
});

test("J2 of a journal that is cut anywhere, the whole lines are read, and where the tear is", () => {
  check(
    fc.property(fc.array(record, { maxLength: 3 }), (records) => {
      const lines = [headerOf(SNAPSHOT), ...records.map((each) => recordOf(each))]
        .map(encode);
      const bytes = encode(lines.map((each) => new TextDecoder().decode(each)).join(""));
      const ends = lines.map((_, i) =>
        lines.slice(0, i + 1).reduce((n, { length }) => n + length, 0)
      );
      const step = Math.max(1, bytes.length >> 6);
      const cuts = [
        ...ends.flatMap((end) => [end - 1, end, end + 1]),
        ...range(0, bytes.length, step),
      ];
      for (const cut of cuts.filter((each) => each <= bytes.length)) {
        const whole = ends.filter((end) => end <= cut);
        const start = whole.at(-1) ?? 0;
        const { table, ...rest } = readJournal(bytes.subarray(0, cut));
        assert.deepEqual(rest, {
          snapshot: whole.length > 0 ? SNAPSHOT : undefined,
          records: Math.max(0, whole.length - 1),
          tornAt: cut === start ? undefined : start,
        });
        const read = records.slice(0, Math.max(0, whole.length - 1)).flat() as Entry[];
        assert.deepEqual([...table], [...OffsetTable.from(read)]);
      }
    }),
    { numRuns: 30 },
  );
});

const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

/** Asserts that a journal is refused, where and why. */
function refuses(text: string, position: number, reason: string): void {
  assert.throws(() => readJournal(encode(text)), (error) => {
    assert.ok(error instanceof OffsetFileSyntaxError);
    assert.deepEqual([error.position, error.reason], [position, reason]);
    return true;
  });
}

const DAMAGED = "the record that begins here is damaged, and good ones follow it";

test("J2 a damaged line is a tear if it is the last, and corruption if a good one follows", () => {
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
    const { tornAt, records, snapshot } = readJournal(encode(good + damaged));
    assert.deepEqual([tornAt, records, snapshot], [good.length, 1, SNAPSHOT], damaged);
    refuses(good + damaged + line(RECORD), good.length, DAMAGED);
    refuses(good + damaged + damaged + line(RECORD), good.length, DAMAGED);
    refuses(damaged + good, 0, DAMAGED);
    const twice = readJournal(encode(good + damaged + damaged));
    assert.equal(twice.tornAt, good.length, "what follows a tear was torn with it");
  }
});

test("J2 a whole line that lacks only its end is torn: the next one may be another's", () => {
  const { tornAt, records } = readJournal(encode((line(HEADER) + line(RECORD)).slice(0, -1)));
  assert.deepEqual([tornAt, records], [line(HEADER).length, 0]);
});

test("J2 a good first line that does not name a snapshot is refused", () => {
  for (
    const header of [
      "",
      RECORD,
      `${HEADER} `,
      ` ${HEADER}`,
      `${HEADER}}`,
      HEADER.replace("1306", ""),
      HEADER.replace("1306", "-1"),
      HEADER.replace("1306", "x"),
      HEADER.replace("1306", "1234567890123456"),
      HEADER.replace("89abcdef", "89ABCDEF"),
      HEADER.replace("89abcdef", "89abcde"),
      HEADER.replace("89abcdef", "89abcdef0"),
      HEADER.replace("89abcdef", "89abcdeg"),
    ]
  ) {
    refuses(line(header), 0, "the first line does not name a snapshot");
    refuses(line(header) + line(RECORD), 0, "the first line does not name a snapshot");
  }
});

test("J2 a good line that is no record is refused, with the reason", () => {
  const none = "the record that begins here is none, ";
  const position = line(HEADER).length;
  for (
    const [text, reason] of [
      ["{}", 'the file has no "offsetTable"'],
      [HEADER, 'the file has no "offsetTable"'],
      ['{"offsetTable":{}}}', 'expected the end, found "}"'],
    ]
  ) {
    refuses(line(HEADER) + line(text), position, none + reason);
    refuses(
      line(HEADER) + line(RECORD) + line(text),
      position + line(RECORD).length,
      none + reason,
    );
  }
});

test("J2 a record may have a checksum of its own, which must be right", () => {
  const signed = (sum: string) => line(HEADER) + line(`{"offsetTable":{},"crc32":"${sum}"}`);
  const sum = crc32(encode("{}")).toString(16).padStart(8, "0");
  assert.equal(readJournal(encode(signed(sum))).records, 1);
  assert.throws(() => readJournal(encode(signed("00000000"))), { position: line(HEADER).length });
});

test("J2 what the checksum's function throws is not taken for damage", () => {
  const broken = new Error("no CRC here");
  const crc = (bytes: Uint8Array) => {
    if (bytes.length === "{}".length) throw broken;
    return crc32(bytes);
  };
  const text = line(HEADER) + line('{"offsetTable":{},"crc32":"00000000"}');
  assert.throws(() => readJournal(encode(text), crc), (error) => error === broken);
});
