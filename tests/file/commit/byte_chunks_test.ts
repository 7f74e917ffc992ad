/** Bytes that are collected in chunks, against one concatenation. */
import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteChunks } from "../../../src/file/commit/byte_chunks.ts";
import { CooperativeYield } from "../../../src/file/fs/cooperative_yield.ts";
import { name } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const encode = (text: string) => new TextEncoder().encode(text);

test("S2 added text comes out again, in order and whole, as UTF-8", () => {
  const text = fc.tuple(name, fc.constantFrom(1, 7, 1000, 20_000)).map(([text, times]) =>
    text.repeat(Math.ceil(times / (text.length + 1)))
  );
  const piece = fc.record({ text, asBytes: fc.boolean() });
  let most = 0;
  check(fc.property(fc.array(piece, { maxLength: 30, size: "max" }), (pieces) => {
    const chunks = new ByteChunks();
    let length = 0;
    for (const { text, asBytes } of pieces) {
      const bytes = encode(text);
      assert.equal(asBytes ? chunks.addBytes(bytes) : chunks.addText(text), bytes.length);
      length += bytes.length;
      assert.equal(chunks.length, length);
    }
    const taken = [...chunks.take()];
    most = Math.max(most, taken.length);
    assert.ok(taken.every(({ length }) => length > 0));
    assert.deepEqual(
      Buffer.concat(taken),
      Buffer.from(pieces.map(({ text }) => text).join("")),
    );
    assert.deepEqual([...chunks.take()], [], "nothing is kept");
  }));
  assert.ok(most > 3, `${most} chunks`);
});

test("P1 many short texts lie in few chunks", () => {
  const chunks = new ByteChunks();
  for (let i = 0; i < 100_000; i++) chunks.addText(`entry ${i} of a table`);
  const taken = [...chunks.take()];
  assert.ok(taken.length < 15, `${taken.length} chunks`);
});

test("P1 bytes that were expected lie in one chunk with room behind them, others never do", async () => {
  const bytes = fc.nat(60_000);
  const lengths = fc.array(bytes, { maxLength: 3 });
  await check(fc.asyncProperty(bytes, lengths, bytes, async (expected, lengths, room) => {
    const chunks = new ByteChunks(expected);
    const pieces = lengths.map((length) => new Uint8Array(length).fill(length));
    for (const piece of pieces) chunks.addBytes(piece);
    const { length } = chunks;
    const joined = await chunks.join(length + room, new CooperativeYield(Infinity));
    assert.equal(joined.length, length + room);
    assert.deepEqual(Buffer.from(joined), Buffer.concat([...pieces, new Uint8Array(room)]));
    const isExpected = expected >= 16 * 1024 && length + room <= expected;
    assert.equal(joined.buffer.byteLength, isExpected ? expected : length + room);
  }));
});
