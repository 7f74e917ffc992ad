import assert from "node:assert/strict";
import { test } from "node:test";
import * as zlib from "node:zlib";
import fc from "fast-check";
import {
  OffsetFileChecksumError,
  OffsetFileSyntaxError,
  OffsetTable,
  parse,
  serialize,
} from "../../../src/core/mod.ts";
import { checksumOf, hexadecimal } from "../../../src/core/format/checksum.ts";
import { crc32 } from "../../../src/core/format/crc32.ts";
import { parseSnapshot } from "../../../src/core/format/parse.ts";
import { check } from "../../support/check.ts";
import { offset, table as tables } from "../../../scripts/lib/arbitraries.ts";

const MQ = { topic: "orders", brokerName: "broker-a", queueId: 0 };
const nonEmpty = fc.tuple(tables, offset).map(([t, o]) => OffsetTable.from([...t, [MQ, o]]));
const ONE = OffsetTable.from([[MQ, 42]]);

test("crc32() agrees with the published check value and with other implementations", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  assert.equal(crc32(bytes("")), 0);
  assert.equal(crc32(bytes("123456789")), 0xcbf43926);
  assert.equal(crc32(bytes("The quick brown fox jumps over the lazy dog")), 0x414fa339);
});

test("S5 crc32() answers as zlib's, which may be used in its place", () => {
  check(fc.property(fc.uint8Array({ maxLength: 1000, size: "max" }), (bytes) => {
    assert.equal(crc32(bytes), zlib.crc32(bytes));
  }));
  check(fc.property(tables, (table) => {
    const text = serialize(table, { checksum: true });
    assert.ok(parseSnapshot(text, zlib.crc32).table.equals(table));
  }));
});

test("S5 the given function computes the checksum, in eight digits", () => {
  const text = new TextDecoder();
  const given: string[] = [];
  const crc = (bytes: Uint8Array) => {
    given.push(text.decode(bytes));
    return 0xabc;
  };
  assert.equal(checksumOf("é{}", crc), "00000abc");
  assert.deepEqual(given.splice(0), ["é{}"]);
  assert.equal(hexadecimal(0xffffffff), "ffffffff");
  // A file without a checksum needs no computation, and a canonical table is covered as it stands.
  assert.equal(parseSnapshot(serialize(ONE), crc).table.size, 1);
  assert.deepEqual(given, []);
  const table = serialize(ONE).slice('{"offsetTable":'.length, -1);
  const signed = `{"offsetTable":${table},"crc32":"00000abc"}`;
  assert.ok(parseSnapshot(signed, crc).table.equals(ONE));
  assert.deepEqual(given.splice(0), [table]);
  assert.throws(
    () => parseSnapshot(`{"offsetTable": ${table}, "crc32":"00000abd"}`, crc),
    { name: "OffsetFileChecksumError", expected: "00000abd", actual: "00000abc" },
  );
  assert.deepEqual(new Set(given), new Set([table]));
});

test("S1 a table comes back from its text with a checksum, in both forms", () => {
  check(fc.property(tables, fc.constantFrom("go", "java"), (table, format) => {
    assert.ok(parse(serialize(table, { format, checksum: true })).equals(table));
  }));
});

test("S3 the checksum is a member after the table, and the rest is as without it", () => {
  check(fc.property(tables, fc.constantFrom("go", "java"), (table, format) => {
    const plain = serialize(table, { format });
    const text = serialize(table, { format, checksum: true });
    const member = /,\s*"crc32":"[0-9a-f]{8}"/;
    assert.equal(text.replace(member, ""), plain);
    assert.ok(text.trimEnd().slice(0, -1).trimEnd().search(member) > 0);
  }));
});

test("S6 every other digit of an offset is noticed, whatever the layout", () => {
  check(
    fc.property(nonEmpty, fc.nat(), fc.integer({ min: 1, max: 9 }), (t, at, by) => {
      const text = serialize(t, { checksum: true });
      const digits = [...text.matchAll(/":(?:-?[0-9]*)([0-9])(?=[,}])/g)].map((match) =>
        match.index + match[0].length - 1
      );
      const position = digits[at % digits.length];
      const other = (Number(text[position]) + by) % 10;
      const changed = text.slice(0, position) + other + text.slice(position + 1);
      assert.throws(() => parse(changed), OffsetFileSyntaxError);
    }),
  );
});

test("S5 a wrong checksum says where, which, and what to do", () => {
  const text = serialize(ONE, { checksum: true });
  const actual = /"crc32":"(.*)"/.exec(
    serialize(OffsetTable.from([[MQ, 43]]), { checksum: true }),
  )!;
  const expected = /"crc32":"(.*)"/.exec(text)!;
  assert.throws(() => parse(text.replace(":42}", ":43}")), (error) => {
    assert.ok(error instanceof OffsetFileChecksumError);
    assert.equal(error.name, "OffsetFileChecksumError");
    assert.equal(error.position, text.indexOf('"', text.indexOf('"crc32":') + 7));
    assert.equal(error.expected, expected[1]);
    assert.equal(error.actual, actual[1]);
    assert.equal(
      error.message,
      `Cannot parse offset file at position ${error.position}: the checksum is "${expected[1]}", ` +
        `but that of the table is "${actual[1]}" ` +
        `(if the file was edited by hand, accept it with: offsets verify --accept FILE)`,
    );
    return true;
  });
});

test("S5 the checksum is of the table, not of its layout", () => {
  const other = { ...MQ, queueId: -1 };
  const table = OffsetTable.from([[MQ, 42], [other, 7]]);
  const { 0: checksum } = /"crc32":"[0-9a-f]+"/.exec(serialize(table, { checksum: true }))!;
  const java = serialize(table, { format: "java" });
  assert.ok(parse(`{${checksum},${java.slice(1)}`).equals(table));
  // Another order of the entries may be signed as it stands.
  const [a, b] = [serialize(ONE), serialize(OffsetTable.from([[other, 7]]))].map((text) =>
    text.slice('{"offsetTable":{'.length, -2)
  );
  const unsorted = `{${a},${b}}`;
  const crc = crc32(new TextEncoder().encode(unsorted)).toString(16).padStart(8, "0");
  assert.ok(parse(`{"offsetTable": ${unsorted} ,"crc32": "${crc}"}`).equals(table));
});

test("S7 Java's form has the checksum of Go's, on a line of its own", () => {
  check(fc.property(tables, (table) => {
    const { 1: go } = /"crc32":"([0-9a-f]{8})"}$/.exec(serialize(table, { checksum: true }))!;
    const java = serialize(table, { format: "java" });
    assert.ok(java.endsWith("}\n}"));
    assert.equal(
      serialize(table, { format: "java", checksum: true }),
      `${java.slice(0, -"\n}".length)},\n\t"crc32":"${go}"\n}`,
    );
  }));
});

test("S5 a checksum that is not eight digits is wrong, and is not verified if that is not asked for", () => {
  for (const value of ["null", "5", '"ABCDEF00"', '""', "{}"]) {
    const text = `{"offsetTable":{},"crc32":${value}}`;
    assert.throws(() => parse(text), OffsetFileChecksumError);
    assert.equal(parse(text, { verifyChecksum: false }).size, 0);
  }
  assert.throws(() => parse('{"offsetTable":{},"crc32":}', { verifyChecksum: false }), {
    name: "OffsetFileSyntaxError",
  });
});

test("serialize() refuses a format that it does not know", () => {
  assert.throws(() => serialize(ONE, { format: "rust" as "go" }), {
    name: "TypeError",
    message: 'Cannot use format "rust": it is neither "go" nor "java"',
  });
});
