/** How a table shows itself: in JSON, and in the console. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { OffsetTable } from "../../../src/core/mod.ts";
import { table } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";
import { queue, tableOf } from "../../support/store_directory.ts";

test("S1 a table comes back from its JSON, exactly", () => {
  check(fc.property(table, (table) => {
    const entries: { offset: string }[] = JSON.parse(JSON.stringify(table));
    for (const { offset } of entries) assert.match(offset, /^-?\d+$/);
    const again = OffsetTable.from(
      entries.map((each) => [each as never, BigInt(each.offset)] as const),
    );
    assert.ok(again.equals(table));
    assert.deepEqual([...again], [...table]);
  }));
});

test("S1 the JSON of a table inside something else", () => {
  assert.equal(
    JSON.stringify({ table: tableOf(2n ** 63n - 1n) }),
    '{"table":[{"topic":"orders","brokerName":"broker-a","queueId":0,"offset":"9223372036854775807"}]}',
  );
  assert.equal(JSON.stringify(OffsetTable.empty), "[]");
});

test("U5 entries() lists what iteration does, each time", () => {
  const table = tableOf(1, 2);
  assert.deepEqual([...table.entries()], [...table]);
  assert.deepEqual([...table.entries()], [[queue(0), 1n], [queue(1), 2n]]);
});

test("a table shows its entries in the console", () => {
  assert.equal(inspect(OffsetTable.empty), "OffsetTable(0) {}");
  assert.equal(
    inspect(tableOf(42, -1)),
    'OffsetTable(2) {\n  "orders" "broker-a" 0 => 42n\n  "orders" "broker-a" 1 => -1n\n}',
  );
  const long = inspect(tableOf(...Array.from({ length: 103 }, (_, i) => i)));
  assert.equal(long.split("\n").length, 103);
  assert.match(long, /\n {2}"orders" "broker-a" 99 => 99n\n {2}… 3 more\n}$/);
  assert.ok(!inspect(OffsetTable.from([[queue(0, "\u001b[31m"), 1]])).includes("\u001b"));
});
