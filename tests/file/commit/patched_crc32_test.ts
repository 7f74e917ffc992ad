import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { patchedCrc32 } from "../../../src/file/commit/patched_crc32.ts";
import { check } from "../../support/check.ts";

const bytes = fc.uint8Array({ maxLength: 40 });
/** The text behind is long, too: each bit of its length counts. */
const behind = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 300_000 }));

test("P6 the checksum of what was changed in one place is that of the whole", () => {
  check(fc.property(bytes, bytes, behind, fc.infiniteStream(fc.nat({ max: 255 })), (...all) => {
    const [front, old, length, stream] = all;
    const changed = old.map(() => stream.next().value!);
    const rest = Uint8Array.from({ length }, (_, i) => i * 31);
    const whole = (middle: Uint8Array) => crc32(Buffer.concat([front, middle, rest]));
    const patched = patchedCrc32(whole(old), crc32(old), crc32(changed), length);
    assert.equal(patched, whole(changed));
  }));
});

test("P6 unchanged parts leave the checksum as it is", () => {
  for (const sum of [0, 1, 0x80000000, 0xffffffff]) assert.equal(patchedCrc32(sum, 7, 7, 9), sum);
});
