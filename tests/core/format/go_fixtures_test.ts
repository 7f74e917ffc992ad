import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { decode, type MessageQueue, OffsetTable, parse, serialize } from "../../../src/core/mod.ts";

// The files were written by Go's own code, from the entries beside them.
const FOLDER = new URL("../../fixtures/go/", import.meta.url);
const numbers = readdirSync(FOLDER).flatMap((name) => /^(\d+)\.offset\.json$/.exec(name)?.[1] ?? [])
  .sort();

/** The entries of a text in Go's form, by a pattern that knows nothing of the parser. */
const entriesOf = (text: string): string[] => [...text.match(/"(?:[^"\\]|\\.)*":-?\d+/g) ?? []];

test("S3 there are fixtures", () => {
  assert.equal(numbers.length, 8);
});

for (const number of numbers) {
  const bytes = readFileSync(new URL(`${number}.offset.json`, FOLDER));
  const listed: (MessageQueue & { offset: string })[] = JSON.parse(
    readFileSync(new URL(`${number}.entries.json`, FOLDER), "utf8"),
  );
  const table = OffsetTable.from(listed.map(({ offset, ...mq }) => [mq, BigInt(offset)]));

  test(`S5 parse() reads exactly the entries of Go's file ${number}`, () => {
    assert.equal(table.size, listed.length);
    assert.deepEqual([...parse(decode(bytes))], [...table]);
  });

  test(`S3 serialize() writes Go's file ${number}, up to the order of entries`, () => {
    const go = decode(bytes);
    const ours = serialize(table);
    assert.equal(entriesOf(go).length, listed.length);
    assert.deepEqual(entriesOf(ours).sort(), entriesOf(go).sort());
    // Without the entries there is nothing but the wrapper and the commas.
    const around = (text: string) =>
      entriesOf(text).reduce((rest, e) => rest.replace(e, () => ""), text);
    assert.equal(around(ours), around(go));
    assert.equal(new TextEncoder().encode(ours).length, bytes.length);
  });
}
