import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetTable, parse, serialize } from "../../../src/core/mod.ts";
import { table, wellFormed } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const MQ = { topic: "t", brokerName: "b", queueId: 0 };
const BODY = serialize(OffsetTable.from([[MQ, 42]])).slice(1, -1);

/** Values of every kind that a member which is not ours may have. */
const VALUES = [
  "0",
  "-0",
  "10",
  "-1.50",
  "0.1",
  "1e5",
  "1E+5",
  "1.0e-05",
  "99999999999999999999999",
]
  .concat("true", "false", "null", '""', '"\\"\\\\"', '"\\u2028"', "[]", "{}", " [ ] ", " { } ")
  .concat(
    "[[]]",
    "[{}]",
    "[[],[]]",
    '{"a":{}}',
    '{"a":[],"b":{"c":1},"d":[2,[3]]}',
    '[1,"]",{"}":"{"}]',
  );

for (const value of VALUES) {
  test(`S5 parse() skips the unknown value ${value}`, () => {
    JSON.parse(value);
    const expected = [[MQ, 42n]];
    assert.deepEqual([...parse(`{"x":${value},${BODY}}`)], expected);
    assert.deepEqual([...parse(`{${BODY},"x":${value}}`)], expected);
  });
}

test("S5 parse() skips any JSON value whatever under a name that it does not know", () => {
  check(fc.property(table, fc.json(), wellFormed, (t, json, name) => {
    const member = `${JSON.stringify(name + "?")}:${json}`;
    const body = serialize(t).slice(1, -1);
    assert.ok(parse(`{${member},${body}}`).equals(t));
    assert.ok(parse(`{${body},${member}}`).equals(t));
  }));
});
