/** The members of a snapshot beside its table: the generation, and the checksum that covers it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as zlib from "node:zlib";
import fc from "fast-check";
import {
  OffsetFileChecksumError,
  type OffsetFileFormat,
  OffsetTable,
  parse,
  serialize,
} from "../../../src/core/mod.ts";
import { crc32 } from "../../../src/core/format/crc32.ts";
import { MAX_GENERATION } from "../../../src/core/format/generation.ts";
import { parseSnapshot } from "../../../src/core/format/parse.ts";
import { check } from "../../support/check.ts";
import { poolTable, table as tables } from "../../../scripts/lib/arbitraries.ts";

const MQ = { topic: "orders", brokerName: "broker-a", queueId: 0 };
const ONE = OffsetTable.from([[MQ, 42]]);
/** The table of `ONE` as the file holds it. */
const TABLE = serialize(ONE).slice('{"offsetTable":'.length, -1);

const format = fc.constantFrom<OffsetFileFormat>("go", "java");
const generations = fc.oneof(
  fc.integer({ min: 1, max: MAX_GENERATION }),
  fc.constantFrom(1, 2, 9, 10, 99, MAX_GENERATION),
);

const sumOf = (text: string) => zlib.crc32(text).toString(16).padStart(8, "0");

test("J3 the file carries its generation before the checksum, which covers both: Go's form", () => {
  const covered = `${TABLE},"generation":7`;
  assert.equal(
    serialize(ONE, { generation: 7 }),
    `{"offsetTable":${covered},"crc32":"${sumOf(covered)}"}`,
  );
});

test("J3 S7 Java's form has both on lines of their own, and the checksum of Go's", () => {
  const plain = serialize(ONE, { format: "java" });
  assert.equal(
    serialize(ONE, { format: "java", generation: 7 }),
    plain.slice(0, -"\n}".length) +
      `,\n\t"generation":7,\n\t"crc32":"${sumOf(`${TABLE},"generation":7`)}"\n}`,
  );
});

test("S1 J3 table and generation come back from the text, in both forms", () => {
  check(fc.property(tables, format, generations, (table, format, generation) => {
    const text = serialize(table, { format, generation });
    const read = parseSnapshot(text, crc32);
    assert.ok(read.table.equals(table));
    assert.deepEqual([read.generation, read.checksum], [generation, "verified"]);
    assert.equal(serialize(read.table, { format, generation: read.generation }), text);
    assert.ok(parse(text).equals(table));
  }));
});

test("S3 J3 without its two members the file is what it is without a generation", () => {
  check(fc.property(tables, format, generations, (table, format, generation) => {
    const text = serialize(table, { format, generation });
    const members = /,\s*"generation":[0-9]+,\s*"crc32":"[0-9a-f]{8}"(?=\s*}$)/;
    assert.equal(text.replace(members, ""), serialize(table, { format }));
  }));
});

test("J3 a file with a generation has a checksum, even if none is asked for", () => {
  check(fc.property(tables, format, generations, (table, format, generation) => {
    const text = serialize(table, { format, generation });
    for (const checksum of [false, true]) {
      assert.equal(serialize(table, { format, generation, checksum }), text);
    }
  }));
});

/** The member, in either form. */
const MEMBER = /,\s*"generation":([0-9]+)/;

test("S6 J3 every other generation is noticed, and so is none", () => {
  const other = fc.oneof(
    generations.map(String),
    fc.constantFrom("0", "-1", "1.5", "null", "true", '""', "[]", "{}", "1e3"),
  );
  check(fc.property(tables, format, generations, other, (table, format, generation, other) => {
    const text = serialize(table, { format, generation });
    const quoted = [other, `${generation}.0`, `"${generation}"`, `${generation}e0`];
    for (const value of quoted.filter((each) => each !== String(generation))) {
      const changed = text.replace(MEMBER, (member, digits) => member.replace(digits, value));
      assert.throws(() => parseSnapshot(changed, crc32), OffsetFileChecksumError, value);
    }
    assert.throws(() => parseSnapshot(text.replace(MEMBER, ""), crc32), OffsetFileChecksumError);
  }));
});

test("S6 J3 every changed, lost and added digit of a generation is noticed", () => {
  check(fc.property(poolTable, format, generations, (table, format, generation) => {
    const text = serialize(table, { format, generation });
    const digits = String(generation);
    const start = text.search(/"generation":/) + '"generation":'.length;
    assert.equal(text.slice(start, start + digits.length), digits);
    const withNumber = (number: string) =>
      text.slice(0, start) + number + text.slice(start + digits.length);
    for (let at = 0; at < digits.length; at++) {
      for (const digit of "0123456789") {
        const [before, behind] = [digits.slice(0, at), digits.slice(at + 1)];
        for (const number of [before + digit + behind, before + digit + digits.slice(at)]) {
          // A number that begins with 0 is no JSON.
          if (number === digits || /^0./.test(number)) continue;
          assert.throws(() => parse(withNumber(number)), OffsetFileChecksumError, number);
        }
        if (digits.length > 1 && !/^0./.test(before + behind)) {
          assert.throws(() => parse(withNumber(before + behind)), OffsetFileChecksumError);
        }
      }
    }
  }));
});

test("S6 J3 a generation that is added to a file with a checksum is noticed", () => {
  check(fc.property(tables, format, generations, (table, format, generation) => {
    const text = serialize(table, { format, checksum: true });
    const extended = text.replace(
      /,\s*"crc32"/,
      (member) => `,"generation":${generation}${member}`,
    );
    assert.notEqual(extended, text);
    assert.throws(() => parseSnapshot(extended, crc32), OffsetFileChecksumError);
  }));
});

test("S5 a file of version 0.1.0 has no generation, and its checksum is verified", () => {
  check(fc.property(tables, format, (table, format) => {
    const text = serialize(table, { format, checksum: true });
    const read = parseSnapshot(text, crc32);
    assert.ok(read.table.equals(table));
    assert.deepEqual([read.generation, read.checksum], [undefined, "verified"]);
  }));
  const text = `{"offsetTable":${TABLE},"crc32":"${sumOf(TABLE)}"}`;
  assert.ok(parseSnapshot(text, crc32).table.equals(ONE));
});

test("S5 J3 the layout and the order of the members do not matter", () => {
  const covered = `${TABLE},"generation":7`;
  const members = [
    `"offsetTable" : ${TABLE}`,
    '"generation"\n:\t7',
    `"crc32" :"${sumOf(covered)}"`,
    '"x":{"generation":8,"crc32":0}',
  ];
  check(
    fc.property(
      fc.shuffledSubarray(members, { minLength: members.length }),
      (members) => {
        const read = parseSnapshot(`{ ${members.join(" ,\n")} }`, crc32);
        assert.ok(read.table.equals(ONE));
        assert.deepEqual([read.generation, read.checksum], [7, "verified"]);
      },
    ),
  );
});

test("S5 J3 the last of duplicate generations counts, for the checksum too", () => {
  const text = (...generations: number[]) => {
    const members = generations.map((each) => `"generation":${each}`).join(",");
    return `{"offsetTable":${TABLE},${members},"crc32":"${sumOf(`${TABLE},"generation":7`)}"}`;
  };
  assert.equal(parseSnapshot(text(8, 7), crc32).generation, 7);
  assert.throws(() => parseSnapshot(text(7, 8), crc32), OffsetFileChecksumError);
});

test("J3 a value that is no generation is read as none, and covered as it is written", () => {
  for (
    const value of ["0", "-1", "1.0", "9007199254740991", '"7"', "null", "[1, 2]", '{ "a" : 1 }']
  ) {
    const covered = `${TABLE},"generation":${value}`;
    const text = `{"offsetTable":${covered} ,"crc32":"${sumOf(covered)}"}`;
    const read = parseSnapshot(text, crc32);
    assert.ok(read.table.equals(ONE));
    assert.deepEqual([read.generation, read.checksum], [undefined, "verified"], value);
  }
});

test("S5 J3 a file without a checksum has its generation, and nothing to verify", () => {
  const text = `{"offsetTable":${TABLE},"generation":7}`;
  const { generation, checksum } = parseSnapshot(text, crc32);
  assert.deepEqual([generation, checksum], [7, "none"]);
  assert.equal(parseSnapshot(text, undefined).checksum, "none");
});

test("S5 without a function nothing is verified, and the answer says so", () => {
  const text = serialize(ONE, { generation: 7 }).replace(":42", ":43");
  const { table, generation, checksum } = parseSnapshot(text, undefined);
  assert.equal(table.get(MQ), 43n);
  assert.deepEqual([generation, checksum], [7, "not verified"]);
  assert.throws(() => parseSnapshot(text, crc32), OffsetFileChecksumError);
  assert.throws(() => parse(text), OffsetFileChecksumError);
  assert.equal(parse(text, { verifyChecksum: false }).get(MQ), 43n);
});

test("S5 J3 a wrong checksum tells the one that would be right", () => {
  const text = serialize(ONE, { generation: 7 });
  const right = sumOf(`${TABLE},"generation":8`);
  assert.throws(() => parse(text.replace('"generation":7', '"generation":8')), {
    name: "OffsetFileChecksumError",
    expected: sumOf(`${TABLE},"generation":7`),
    actual: right,
    position: text.indexOf('"', text.indexOf('"crc32":') + '"crc32":'.length),
  });
});

test("serialize() refuses a number that is no generation", () => {
  for (const generation of [0, -1, 1.5, NaN, Infinity, MAX_GENERATION + 1, "7" as unknown]) {
    assert.throws(() => serialize(ONE, { generation: generation as number }), {
      name: "RangeError",
      message: `Cannot use generation "${generation}": ` +
        "it is not an integer from 1 to 9007199254740990",
    });
  }
});
