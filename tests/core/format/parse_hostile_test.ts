import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decode,
  OffsetFileSyntaxError,
  OffsetTable,
  parse,
  serialize,
} from "../../../src/core/mod.ts";
import { poolTable, wellFormed } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const MQ = { topic: "t", brokerName: "b", queueId: 0 };
const TEXT = serialize(OffsetTable.from([[MQ, 42]]));
const DEEP = 100_000;

/** Parses, and lets nothing but the documented error pass, with a position in the text. */
function refusal(text: string): OffsetFileSyntaxError | undefined {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    assert.ok(Number.isInteger(error.position), "a position is an integer");
    assert.ok(error.position >= 0 && error.position <= text.length, "a position is in the text");
    assert.ok(error.reason.length > 0);
    return error;
  }
}

/** The forms in which a table is written. */
const written = fc.tuple(
  poolTable,
  fc.constantFrom("go" as const, "java" as const),
  fc.boolean(),
).map(([t, format, checksum]) => serialize(t, { format, checksum }));

test("S6 every proper prefix of a serialized table is refused, at its end or before", () => {
  check(fc.property(written, (text) => {
    for (let end = 0; end < text.length; end++) {
      assert.ok(refusal(text.slice(0, end)), `${end} of ${text.length} were accepted`);
    }
    assert.equal(refusal(text), undefined);
  }));
});

test("S6 every proper suffix of a serialized table is refused", () => {
  check(fc.property(written, (text) => {
    for (let start = 1; start < text.length; start++) assert.ok(refusal(text.slice(start)));
  }));
});

test("S6 a text of several blocks with one of them lost, or of NULs, is refused", () => {
  const t = OffsetTable.from(Array.from({ length: 300 }, (_, queueId) => [{ ...MQ, queueId }, 7n]));
  const text = serialize(t);
  assert.ok(text.length > 3 * 4096);
  for (let start = 0; start < text.length; start += 4096) {
    const rest = text.slice(start + 4096);
    const block = text.slice(start, start + 4096);
    assert.ok(refusal(text.slice(0, start) + "\0".repeat(block.length) + rest), "NULs");
    assert.ok(refusal(text.slice(0, start) + rest), "lost");
  }
});

test("S6 a run of NULs is refused, whatever its length", () => {
  for (const n of [1, 2, 18, 4096, 8192]) assert.equal(refusal("\0".repeat(n))?.position, 0);
  assert.equal(refusal(TEXT + "\0".repeat(4096))?.position, TEXT.length);
});

/** The texts that open and close a level. */
const LEVELS = [["[", "]"], ['{"a":', "}"], ['[{"a":', "}]"], ["[[],", "]"], ['{"":{},"a":', "}"]];

for (const [open, close] of LEVELS) {
  test(`S6 ${DEEP} levels of ${open} neither overflow the stack nor are half read`, () => {
    const opened = `{"x":${open.repeat(DEEP)}`;
    assert.equal(refusal(opened)?.position, opened.length);
    assert.ok(parse(`${opened}0${close.repeat(DEEP)},${TEXT.slice(1)}`).equals(parse(TEXT)));
  });
}

test(`S6 ${DEEP} levels are refused where the file, the table, a queue or a key should be`, () => {
  const deep = "[".repeat(DEEP);
  assert.equal(refusal(deep)?.position, 0);
  assert.equal(refusal(`{"offsetTable":{${deep}`)?.position, 16);
  assert.equal(refusal(`{"offsetTable":{{"x":${deep}`)?.position, 21 + DEEP);
  assert.equal(refusal(`{"offsetTable":{${JSON.stringify(`{"x":${deep}`)}:1}}`)?.position, 16);
});

test("S6 __proto__ is not special: as a key, a field or a member", () => {
  const mq = { topic: "__proto__", brokerName: "__proto__", queueId: 0 };
  const t = OffsetTable.from([[mq, 42]]);
  for (const format of ["go", "java"] as const) {
    assert.deepEqual([...parse(serialize(t, { format }))], [[mq, 42n]]);
  }
  assert.ok(refusal('{"__proto__":{"offsetTable":{}}}'));
  assert.ok(refusal('{"offsetTable":{"__proto__":1}}'));
  assert.equal(({} as Record<string, unknown>).offsetTable, undefined);
});

test("S6 any text is read or refused, and what is read can be written", () => {
  const text = fc.oneof(
    wellFormed,
    fc.string({ unit: fc.constantFrom(...'{}[]":,\\ -10.eEt\0\ud800\ufeff') }),
    fc.json(),
    fc.json().map((json) => `{"offsetTable":${json}}`),
    fc.json().map((json) => `{"offsetTable":{${JSON.stringify(json)}:1}}`),
    fc.json().map((json) => `{"offsetTable":{${json}:1}}`),
  );
  check(
    fc.property(text, (text) => {
      if (refusal(text) === undefined) assert.ok(parse(serialize(parse(text))).equals(parse(text)));
    }),
    { numRuns: 2000 },
  );
});

test("S6 any bytes are read or refused, with a position among them", () => {
  const bytes = fc.oneof(fc.uint8Array(), fc.uint8Array({ min: 0x70, max: 0xff }));
  check(
    fc.property(bytes, (bytes) => {
      try {
        refusal(decode(bytes));
      } catch (error) {
        assert.ok(error instanceof OffsetFileSyntaxError);
        assert.ok(error.position >= 0 && error.position <= bytes.length);
      }
    }),
    { numRuns: 1000 },
  );
});

test("S6 a valid text with one character changed is refused, or is JSON that a reader takes alike", () => {
  const text = poolTable.map((t) => serialize(t));
  const char = fc.constantFrom(...'{}[]":,\\ -109.eu\0\ufeff', "");
  check(
    fc.property(text, fc.nat(), fc.nat(1), char, (text, at, cut, char) => {
      const position = at % text.length;
      const mutated = text.slice(0, position) + char + text.slice(position + cut);
      if (refusal(mutated) !== undefined) return;
      // The one oracle at hand: it knows no int64, but it knows what is JSON, and how many keys.
      const keys = Object.keys(JSON.parse(mutated).offsetTable);
      assert.ok(parse(mutated).size <= keys.length);
    }),
    { numRuns: 2000 },
  );
});
