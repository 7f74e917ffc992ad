import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, OffsetFileSyntaxError, parse, serialize } from "../../../src/core/mod.ts";
import { table } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes before the fault, and the bytes that begin with it. */
const BAD: readonly (readonly [what: string, good: number[], bad: number[]])[] = [
  ["a byte that UTF-8 never has", [], [0xff]],
  ["such a byte after text", [0x61, 0x62], [0xff, 0x63]],
  ["such a byte at the end", [0x61, 0x62, 0x63, 0x64], [0xfe]],
  ["a continuation without a beginning", [0x61], [0x80, 0x61]],
  ["a sequence broken by a letter", [0x61, 0xc3], [0x28]],
  ["a longer one broken late", [0xf0, 0x9f, 0x98], [0x28, 0x61]],
  ["an overlong form", [0x7b], [0xc0, 0xaf]],
  ["a longer overlong form", [0x7b, 0xe0], [0x80, 0xaf]],
  ["an encoded surrogate", [0x7b, 0xed], [0xa0, 0x80]],
  ["a code point beyond U+10FFFF", [0x7b, 0xf4], [0x90, 0x80, 0x80]],
  ["a sequence cut off by the end", [0x61, 0xc3], []],
  ["a longer one cut off by the end", [0x61, 0xf0, 0x9f, 0x98], []],
  ["a fault after whole sequences", [...encode("é漢😀")], [0xff]],
];

for (const [what, good, bad] of BAD) {
  test(`S5 decode() refuses ${what}, and says at which byte`, () => {
    assert.throws(() => decode(Uint8Array.from([...good, ...bad])), (error) => {
      assert.ok(error instanceof OffsetFileSyntaxError);
      assert.deepEqual([error.position, error.reason], [good.length, "the bytes are not UTF-8"]);
      return true;
    });
  });
}

test("S5 decode() says at which byte, wherever it is", () => {
  check(fc.property(table.map((t) => encode(serialize(t))), fc.nat(), (bytes, at) => {
    const position = at % bytes.length;
    bytes[position] = 0xff;
    assert.throws(() => decode(bytes), { position });
  }));
});

test("S5 decode() keeps a byte order mark, which parse() then refuses", () => {
  const bytes = encode('\ufeff{"offsetTable":{}}');
  assert.equal(decode(bytes), '\ufeff{"offsetTable":{}}');
  assert.throws(() => parse(decode(bytes)), { position: 0 });
});

test("S1 decode() gives back what was encoded", () => {
  check(fc.property(table.map((t) => serialize(t)), (text) => {
    assert.equal(decode(encode(text)), text);
  }));
  assert.equal(decode(new Uint8Array()), "");
});

test("S5 decode() reads a view of a larger buffer", () => {
  const buffer = encode("\u00e9{}\u00e9");
  assert.equal(decode(buffer.subarray(2, 4)), "{}");
  assert.throws(() => decode(buffer.subarray(1, 4)), { position: 0 });
});
