import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MessageQueue, type OffsetFileFormat, OffsetTable } from "../../../src/core/mod.ts";
import { parse, serialize } from "../../../src/core/mod.ts";
import {
  entries,
  INT32_MIN,
  INT64_MAX,
  INT64_MIN,
  table,
} from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const FORMATS: readonly OffsetFileFormat[] = ["go", "java"];
const format = fc.constantFrom(...FORMATS);

/** What Go's encoder makes of a queue, by way of JSON.stringify and the places where they differ. */
function goKey({ topic, brokerName, queueId }: MessageQueue): string {
  const inner = JSON.stringify({ topic, brokerName, queueId })
    .replace(
      /\\[bf\\"nrtu]/g,
      (escape) => ({ "\\b": "\\u0008", "\\f": "\\u000c" })[escape] ?? escape,
    )
    .replace(/[<>&\u2028\u2029]/g, unicode);
  return JSON.stringify(inner);
}

/** What fastjson's pretty format makes of a queue, likewise. */
function javaKey({ topic, brokerName, queueId }: MessageQueue): string {
  const [broker, name] = [brokerName, topic].map((each) =>
    JSON.stringify(each)
      .replace(/\\u[0-9a-f]{4}|\\./g, (e) => e[1] === "u" ? "\\u" + e.slice(2).toUpperCase() : e)
      .replace(/[\u007f-\u009f\u2028\u2029]/g, (c) => "\\u" + unicode(c).slice(2).toUpperCase())
  );
  return `{\n\t\t\t"brokerName":${broker},\n\t\t\t"queueId":${queueId},\n\t\t\t"topic":${name}\n\t\t}`;
}

const unicode = (c: string) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0");

const HARD = {
  topic: '"\\/<>&\b\f\n\r\t\0\u001f',
  brokerName: "\u007f\u009f\u2028\u2029é😀'",
  queueId: -7,
};

test("S1 parse(serialize(t)) equals t, in both forms", () => {
  check(fc.property(table, format, (t, format) => {
    assert.ok(parse(serialize(t, { format })).equals(t));
  }));
});

test("S1 every int64 and int32 limit comes back exactly", () => {
  const mq = { ...HARD, queueId: INT32_MIN };
  for (const o of [INT64_MIN, -(2n ** 53n) - 1n, -1n, 0n, 2n ** 53n + 1n, INT64_MAX]) {
    for (const format of FORMATS) {
      assert.deepEqual([...parse(serialize(OffsetTable.from([[mq, o]]), { format }))], [[mq, o]]);
    }
  }
});

test("S2 equal tables have equal bytes, whatever the order in which they were made", () => {
  check(fc.property(entries, format, (all, format) => {
    const t = OffsetTable.from(all);
    const again = OffsetTable.from([...t].reverse());
    assert.equal(serialize(again, { format }), serialize(t, { format }));
  }));
});

test("S2 entries are sorted by topic, broker name and queue id", () => {
  const at = (topic: string, brokerName: string, queueId: number) => ({
    topic,
    brokerName,
    queueId,
  });
  const sorted = [
    at("", "z", 9),
    at("1", "b", 2),
    at("1", "b", 10),
    at("a", "", 0),
    at("a", "b", 0),
  ];
  const text = serialize(OffsetTable.from([3, 0, 4, 2, 1].map((i) => [sorted[i], i])));
  assert.equal(text, `{"offsetTable":{${sorted.map((mq, i) => `${goKey(mq)}:${i}`).join(",")}}}`);
});

test("S3 the text is byte for byte Go's: worked example", () => {
  const text = serialize(OffsetTable.from([[HARD, -1]]));
  assert.equal(
    text,
    String
      .raw`{"offsetTable":{"{\"topic\":\"\\\"\\\\/\\u003c\\u003e\\u0026\\u0008\\u000c\\n\\r\\t` +
      String.raw`\\u0000\\u001f\",\"brokerName\":\"` + "\u007f\u009f" +
      String.raw`\\u2028\\u2029` + "é😀'" + String.raw`\",\"queueId\":-7}":-1}}`,
  );
});

test("S3 the text is what Go's encoder writes, for every table", () => {
  check(fc.property(table, (t) => {
    const expected = [...t].map(([mq, o]) => `${goKey(mq)}:${o}`).join(",");
    assert.equal(serialize(t), `{"offsetTable":{${expected}}}`);
    assert.equal(serialize(t, { format: "go" }), serialize(t));
  }));
});

test("S3 the empty table is an empty object, not null", () => {
  assert.equal(serialize(OffsetTable.empty), '{"offsetTable":{}}');
  assert.equal(serialize(OffsetTable.empty, { format: "java" }), '{\n\t"offsetTable":{}\n}');
});

test("S3 Go's form is JSON to every strict reader", () => {
  check(fc.property(table, (t) => {
    const read = JSON.parse(serialize(t)) as { offsetTable: Record<string, number> };
    const keys = Object.keys(read.offsetTable).map((key) => JSON.parse(key) as MessageQueue);
    assert.ok(
      OffsetTable.from(keys.map((mq) => [mq, 0])).equals(
        OffsetTable.from([...t].map(([mq]) => [mq, 0])),
      ),
    );
  }));
});

test("S4 serialize(parse(x)) is x for canonical x, and makes any other accepted text canonical", () => {
  check(fc.property(table, format, format, (t, one, other) => {
    const text = serialize(t, { format: one });
    assert.equal(serialize(parse(text), { format: one }), text);
    assert.equal(serialize(parse(text), { format: other }), serialize(t, { format: other }));
  }));
});

test("S7 Java's form: worked example", () => {
  const plain = { topic: "t", brokerName: "b", queueId: 0 };
  assert.equal(
    serialize(OffsetTable.from([[plain, 42], [HARD, -1]]), { format: "java" }),
    '{\n\t"offsetTable":{{\n\t\t\t"brokerName":"' +
      String.raw`\u007F\u009F\u2028\u2029` + 'é😀\'",\n\t\t\t"queueId":-7,\n\t\t\t"topic":"' +
      String.raw`\"\\/<>&\b\f\n\r\t\u0000\u001F` + '"\n\t\t}:-1,' +
      '{\n\t\t\t"brokerName":"b",\n\t\t\t"queueId":0,\n\t\t\t"topic":"t"\n\t\t}:42\n\t}\n}',
  );
});

test("S7 Java's form is what fastjson writes, for every table", () => {
  check(fc.property(table, (t) => {
    const all = [...t].map(([mq, o]) => `${javaKey(mq)}:${o}`).join(",");
    const expected = all === "" ? "{}" : `{${all}\n\t}`;
    assert.equal(serialize(t, { format: "java" }), `{\n\t"offsetTable":${expected}\n}`);
  }));
});
