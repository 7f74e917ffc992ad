/** The text of undo files. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, parse } from "../../mod.ts";
import { parseUndo, type UndoRecord, undoText } from "../../scripts/offsets/undo/undo_text.ts";
import { name, table } from "../../scripts/lib/arbitraries.ts";
import { check } from "../support/check.ts";

const count = fc.nat();
const plain = { noNullPrototype: true } as const;
const record: fc.Arbitrary<UndoRecord> = fc.record({
  table,
  format: fc.constantFrom("go" as const, "java" as const),
  checksum: fc.boolean(),
  main: fc.constantFrom("valid" as const, "edited" as const, "bad" as const),
  time: fc.integer({ min: 0, max: 8.64e15 }),
  author: fc.record({
    user: name,
    pid: fc.nat(),
    command: fc.array(fc.oneof(name, fc.constant(',"undo":{}'))),
  }, plain),
  changes: fc.record({ added: count, deleted: count, raised: count, lowered: count }, plain),
}, plain);

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("an undo file comes back exactly, and is an offset file of the table", () => {
  check(fc.property(record, (r) => {
    const text = undoText(r);
    const { table, ...rest } = parseUndo(bytesOf(text));
    assert.ok(table.equals(r.table));
    assert.deepEqual({ ...rest, table: r.table }, r);
    assert.ok(parse(text).equals(r.table));
  }));
});

test("an undo file that ends too early is refused, wherever it ends", () => {
  check(fc.property(record, fc.nat(), (r, at) => {
    const bytes = bytesOf(undoText(r));
    assert.throws(() => parseUndo(bytes.subarray(0, at % bytes.length)), SyntaxError);
  }));
});

test("an undo file whose table or member was changed is refused", () => {
  const [r] = fc.sample(record.filter(({ table }) => table.size > 0), { seed: 1, numRuns: 1 });
  const text = undoText({ ...r, format: "go", main: "valid", time: 0 });
  for (
    const [from, to] of [
      [/"offsetTable":\{.*?\},/, '"offsetTable":{},'],
      [/,"undo":.*/s, "}"],
      ['"format":"go"', '"format":"rust"'],
      ['"main":"valid"', '"main":7'],
      ["1970-01-01T00:00:00.000Z", "yesterday"],
      [/"author":\{.*?\},"changes"/s, '"changes"'],
    ] as const
  ) {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text);
    assert.throws(() => parseUndo(bytesOf(changed)), SyntaxError, String(from));
  }
  assert.ok(parseUndo(bytesOf(text)).table.equals(parse(decode(bytesOf(text)))));
});
