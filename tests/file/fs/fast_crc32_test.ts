import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32 } from "../../../src/core/format/crc32.ts";
import { fastCrc32 } from "../../../src/file/fs/fast_crc32.ts";
import { check } from "../../support/check.ts";

/** About the length from which on the native code computes it. */
const lengths = fc.oneof(fc.nat({ max: 3 }), fc.integer({ min: 500, max: 1100 }));

test("S5 the fast checksum is that of our own function, short or long, alone or behind others", () => {
  const bytes = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  check(fc.property(bytes, bytes, (first, second) => {
    assert.equal(fastCrc32(first), crc32(first));
    assert.equal(fastCrc32(second, fastCrc32(first)), crc32(second, crc32(first)));
  }));
});
