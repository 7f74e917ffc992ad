import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, OffsetTable, parse, serialize } from "../../../src/core/mod.ts";
import {
  INT64_MAX,
  INT64_MIN,
  offset,
  poolTable,
  table,
} from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const MQ = { topic: "t", brokerName: "b", queueId: 0 };
const INNER = '{"topic":"t","brokerName":"b","queueId":0}';
const KEY = JSON.stringify(INNER);
const key = (inner: string): string => JSON.stringify(inner);

/** Texts that all mean one queue with the offset 42. */
const SAME: readonly (readonly [what: string, text: string])[] = [
  ["Go's own form", `{"offsetTable":{${KEY}:42}}`],
  ["Java's object key", `{"offsetTable":{${INNER}:42}}`],
  ["all JSON white space", ` \t\n\r{ "offsetTable"\t:\n{\r${KEY} :\t42\n}\r}\n \t`],
  [
    "white space in a key",
    `{"offsetTable":{${key(` {\t"topic" :\n"t",\r"brokerName":"b", "queueId": 0 } \n`)}:42}}`,
  ],
  [
    "white space in an object key",
    `{"offsetTable": { {"topic" : "t" ,"brokerName":"b","queueId" : 0 } : 42 } }`,
  ],
  [
    "fields in another order",
    `{"offsetTable":{${key('{"queueId":0,"brokerName":"b","topic":"t"}')}:42}}`,
  ],
  [
    "escapes that nobody needs",
    `{"\\u006fffsetTable":{${key('{"t\\u006fpic":"\\u0074","brokerName":"b","queueId":0}')}:42}}`,
  ],
  [
    "every character of a key escaped",
    `{"offsetTable":{"${
      [...INNER].map((c) => "\\u00" + c.charCodeAt(0).toString(16)).join("")
    }":42}}`,
  ],
  ["an escaped slash and capital digits", `{"offsetTable":{${KEY}:42},"\\/\\u00FF":0}`],
  [
    "unknown fields of a key",
    `{"offsetTable":{${
      key('{"x":{"topic":[]},"topic":"t","brokerName":"b","y":null,"queueId":0}')
    }:42}}`,
  ],
  [
    "unknown fields of an object key",
    `{"offsetTable":{{"topic":"t","a":[{}],"brokerName":"b","queueId":0}:42}}`,
  ],
  [
    "fields with another case",
    `{"OFFSETTABLE":{},"offsetTable":{${
      key('{"Topic":"x","topic":"t","brokerName":"b","queueId":0}')
    }:42}}`,
  ],
  ["members before the table", `{"dataVersion":{"counter":{"value":1}},"offsetTable":{${KEY}:42}}`],
  [
    "members after the table",
    `{"offsetTable":{${KEY}:42},"x":1.5e-3,"y":[true,false,null,"",[],{}]}`,
  ],
  [
    "a member named __proto__",
    `{"__proto__":{"offsetTable":1},"offsetTable":{${KEY}:42},"__proto__":7}`,
  ],
  ["an empty member's name", `{"":{"":0},"offsetTable":{${KEY}:42}}`],
  ["the last of duplicate queues", `{"offsetTable":{${KEY}:1,${KEY}:99,${KEY}:42}}`],
  [
    "duplicates written in two ways",
    `{"offsetTable":{${KEY}:1,${INNER}:7,${key(` ${INNER}`)}:42}}`,
  ],
  [
    "the last of duplicate tables",
    `{"offsetTable":{${key(INNER.replace("0", "9"))}:1},"offsetTable":{${KEY}:42}}`,
  ],
  [
    "the last of duplicate fields",
    `{"offsetTable":{${
      key('{"topic":"x","topic":"t","brokerName":"b","queueId":1,"queueId":0}')
    }:42}}`,
  ],
  ["a queue −0", `{"offsetTable":{${key(INNER.replace("0", "-0"))}:42}}`],
];

for (const [what, text] of SAME) {
  test(`S5 parse() accepts ${what}`, () => assert.deepEqual([...parse(text)], [[MQ, 42n]]));
}

test("S5 parse() takes every int64, exactly, and -0 for 0", () => {
  for (const o of [INT64_MIN, INT64_MAX, 2n ** 53n + 1n, -1n, 0n, 10n ** 18n]) {
    assert.equal(parse(`{"offsetTable":{${KEY}:${o}}}`).get(MQ), o);
  }
  assert.equal(parse(`{"offsetTable":{${KEY}:-0}}`).get(MQ), 0n);
});

test("S5 parse() takes entries in any order, and of equal queues the last", () => {
  check(fc.property(fc.array(fc.tuple(poolTable, offset)), (parts) => {
    const bodies = parts.map(([t]) => serialize(t).slice('{"offsetTable":{'.length, -2))
      .filter((body) => body !== "");
    const expected = OffsetTable.from(parts.flatMap(([t]) => [...t]));
    assert.ok(parse(`{"offsetTable":{${bodies.join(",")}}}`).equals(expected));
  }));
});

test("S5 parse() accepts white space between any two tokens", () => {
  const tokens = /"(?:[^"\\]|\\.)*"|-?\d+|[{}:,]/g;
  const space = fc.string({ unit: fc.constantFrom(" ", "\t", "\n", "\r"), maxLength: 3 });
  const formats = fc.constantFrom("go" as const, "java" as const);
  check(fc.property(poolTable, formats, fc.infiniteStream(space), (t, format, spaces) => {
    const text = serialize(t, { format }).replace(tokens, (each) => each + spaces.next().value);
    assert.ok(parse(spaces.next().value + text).equals(t));
  }));
});

test("S5 decode() and parse() read the bytes that serialize() and an encoder make", () => {
  check(fc.property(table, (t) => {
    assert.ok(parse(decode(new TextEncoder().encode(serialize(t)))).equals(t));
  }));
});
