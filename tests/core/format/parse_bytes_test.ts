/** A fault in the bytes of a file is at a position in bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32 } from "node:zlib";
import {
  OffsetFileChecksumError,
  OffsetFileSyntaxError,
  OffsetTable,
  parseAliOns,
  serialize,
} from "../../../src/core/mod.ts";
import { parseSnapshot } from "../../../src/core/format/parse.ts";
import { parseAliOnsBytes, parseBytes } from "../../../src/core/format/parse_bytes.ts";
import { entries, table } from "../../../scripts/lib/arbitraries.ts";
import { check, inProportion } from "../../support/check.ts";
import { aliOnsText } from "../../support/ali_ons_writer.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The table, or the error. */
function outcome<T>(
  parse: () => T,
): { readonly value: T } | { readonly error: OffsetFileSyntaxError } {
  try {
    return { value: parse() };
  } catch (error) {
    assert.ok(error instanceof OffsetFileSyntaxError);
    return { error };
  }
}

/** The fault of a text, after the outcome of its bytes was held against it. */
function fault<T>(text: string, ofText: () => T, ofBytes: () => T): Error | undefined {
  const [expected, actual] = [outcome(ofText), outcome(ofBytes)];
  if ("value" in expected) {
    assert.ok("value" in actual);
    return undefined;
  }
  assert.ok("error" in actual);
  const { error } = actual;
  assert.equal(error.position, encode(text.slice(0, expected.error.position)).length);
  assert.deepEqual([error.constructor, error.reason], [
    expected.error.constructor,
    expected.error.reason,
  ]);
  return error;
}

test("S5 a position counts bytes where the text is not ASCII", () => {
  const text =
    '{"offsetTable":{"{\\"topic\\":\\"订单😀\\",\\"brokerName\\":\\"b\\",\\"queueId\\":0}":x}}';
  const position = encode(text.slice(0, text.indexOf("x"))).length;
  assert.throws(() => parseBytes(encode(text), crc32), { position });
  assert.notEqual(position, text.indexOf("x"));
});

test("S5 a fault in bytes is the fault of their text, at its position in bytes", () => {
  const met = { syntax: 0, checksum: 0, notAscii: 0 };
  check(
    fc.property(table, fc.nat(), fc.constantFrom("", "9", "é", "}"), (table, at, piece) => {
      const chars = [...serialize(table, { checksum: true })];
      const cut = at % (chars.length + 1);
      const text = [...chars.slice(0, cut), piece, ...chars.slice(cut + 1)].join("");
      const bytes = encode(text);
      const error = fault(text, () => parseSnapshot(text, crc32), () => parseBytes(bytes, crc32));
      if (error instanceof OffsetFileChecksumError) met.checksum++;
      else if (error !== undefined) met.syntax++;
      if (error !== undefined && bytes.length > text.length) met.notAscii++;
    }),
    { numRuns: 300 },
  );
  assert.ok(Object.values(met).every((count) => count >= inProportion(20)), JSON.stringify(met));
});

test("S5 a fault of a file of ali-ons is at its position in bytes, too", () => {
  let faults = 0;
  check(fc.property(entries, fc.nat(), (entries, at) => {
    const chars = [...aliOnsText(entries)];
    const text = chars.slice(0, at % (chars.length + 1)).join("");
    const error = fault(text, () => parseAliOns(text), () => parseAliOnsBytes(encode(text)));
    if (error !== undefined && encode(text).length > text.length) faults++;
  }));
  assert.ok(faults >= inProportion(10), `${faults} faults in texts that are not ASCII`);
});

test("S6 an error that is no fault of the file comes through as it is", () => {
  const broken = new Error("the checksum cannot be computed");
  const crc = () => {
    throw broken;
  };
  // A blank makes the general reader verify it.
  const text = serialize(OffsetTable.from([[{ topic: "t", brokerName: "b", queueId: 0 }, 1]]), {
    checksum: true,
  });
  assert.throws(() => parseBytes(encode(` ${text}`), crc), broken);
});
