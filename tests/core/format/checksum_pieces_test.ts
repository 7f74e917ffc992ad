/** The checksum of a text that comes in pieces. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as zlib from "node:zlib";
import fc from "fast-check";
import { checksumInSlices, checksumOf, piecesOf } from "../../../src/core/format/checksum.ts";
import { crc32 } from "../../../src/core/format/crc32.ts";
import { MAX_GENERATION } from "../../../src/core/format/generation.ts";
import { canonicalChecksum, canonicalText } from "../../../src/core/format/serialize.ts";
import { atOnce, SLICE } from "../../../src/core/slices.ts";
import { name, table as tables } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

/** The length of a text that is encoded at once. */
const LONGEST = 64 * 1024;

const generation = fc.option(fc.integer({ min: 1, max: MAX_GENERATION }), { nil: undefined });

test("S5 a checksum in pieces is that of the whole text, with a character at every cut", () => {
  const long = fc.tuple(fc.nat(3), name).map(([before, name]) =>
    "x".repeat(2 ** 16 - before) + `😀é${name}` + "y".repeat(2 ** 16)
  );
  check(
    fc.property(fc.oneof(name, long), (text) => {
      assert.equal([...piecesOf(text)].join(""), text);
      assert.ok([...piecesOf(text)].every((piece) => piece.isWellFormed()));
      assert.equal(atOnce(checksumInSlices(piecesOf(text), crc32)), checksumOf(text, crc32));
      assert.equal(atOnce(checksumInSlices(text, zlib.crc32)), checksumOf(text, crc32));
    }),
    { numRuns: 60 },
  );
});

test("S5 the checksum of a table in slices is that of its canonical text", () => {
  check(fc.property(tables, generation, (table, number) => {
    const member = number === undefined ? "" : `,"generation":${number}`;
    const expected = checksumOf(canonicalText(table) + member);
    assert.equal(atOnce(canonicalChecksum(table, number?.toString(), crc32)), expected);
  }));
});

test("S5 a text is cut into pieces of 64 K, a longer one where that would split a character", () => {
  const lengths = (text: string) => Array.from(piecesOf(text), ({ length }) => length);
  const upTo = (length: number) => "x".repeat(length);
  assert.deepEqual(lengths(""), []);
  assert.deepEqual(lengths("x"), [1]);
  assert.deepEqual(lengths(upTo(LONGEST)), [LONGEST]);
  assert.deepEqual(lengths(upTo(LONGEST + 1)), [LONGEST, 1]);
  assert.deepEqual(lengths(upTo(2 * LONGEST)), [LONGEST, LONGEST]);
  // Without the rule, the cut would be between the two halves of the emoji.
  assert.deepEqual(lengths(`${upTo(LONGEST - 1)}😀x`), [LONGEST + 1, 1]);
  assert.deepEqual(lengths(`${upTo(LONGEST - 2)}😀x`), [LONGEST, 1]);
  assert.deepEqual(lengths(`${upTo(LONGEST - 1)}\uffffx`), [LONGEST, 1]);
});

test("P1 S5 pieces are gathered up to 64 K before they are summed, and no empty text is", () => {
  const summed = (lengths: readonly number[]) => {
    const found: number[] = [];
    const crc = (bytes: Uint8Array, before?: number) => {
      found.push(bytes.length);
      return crc32(bytes, before);
    };
    const turns = [...checksumInSlices(lengths.map((length) => "x".repeat(length)), crc)];
    return { found, turns };
  };
  assert.deepEqual(summed([]), { found: [], turns: [] });
  assert.deepEqual(summed([0, 7, 8]), { found: [15], turns: [] });
  assert.deepEqual(summed([LONGEST - 1]), { found: [LONGEST - 1], turns: [] });
  assert.deepEqual(summed([LONGEST]), { found: [LONGEST], turns: [SLICE] });
  assert.deepEqual(summed([LONGEST - 1, 7, LONGEST, 1]), {
    found: [LONGEST + 6, LONGEST, 1],
    turns: [SLICE, SLICE],
  });
});
