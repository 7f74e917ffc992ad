/** The texts that `export` writes and `import` reads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OffsetTable } from "../../mod.ts";
import { csvLines, parseCsv } from "../../scripts/offsets/exchange/csv.ts";
import { parseJsonTable } from "../../scripts/offsets/exchange/json_table.ts";
import { escapeJson } from "../../scripts/lib/escape.ts";
import { jsonEntries } from "../../scripts/offsets/output/json_output.ts";
import { EDGE_NAMES, EDGE_OFFSETS, table } from "../../scripts/lib/arbitraries.ts";
import { check } from "../support/check.ts";

const csv = (table: OffsetTable) => [...csvLines(table)].join("");
const json = (table: OffsetTable) => escapeJson(JSON.stringify({ offsets: jsonEntries(table) }));

/** Each name and each offset that something has gone wrong with before. */
const HARD = OffsetTable.from(
  EDGE_NAMES.flatMap((topic, i) =>
    EDGE_OFFSETS.map((offset, queueId) =>
      [{ topic, brokerName: EDGE_NAMES.at(-1 - i)!, queueId }, offset] as const
    )
  ),
);

test("any table comes back from CSV and from JSON exactly", () => {
  assert.equal(HARD.size, EDGE_NAMES.length * EDGE_OFFSETS.length);
  assert.ok(parseCsv(csv(HARD)).equals(HARD));
  assert.ok(parseJsonTable(json(HARD)).equals(HARD));
  check(fc.property(table, (t) => {
    assert.ok(parseCsv(csv(t)).equals(t));
    assert.ok(parseCsv(csv(t).replaceAll("\n", "\r\n")).equals(t));
    assert.ok(parseJsonTable(json(t)).equals(t));
  }));
});

test("neither text holds a character that a terminal does not show as it is", () => {
  check(fc.property(table, (t) => {
    for (const text of [csv(t), json(t)]) {
      assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
  }));
});

const QUEUE = { topic: "orders", brokerName: "broker-a", queueId: 0 };

test("CSV is read as spreadsheets write it", () => {
  const expected = OffsetTable.from([[QUEUE, 7n]]);
  for (
    const text of [
      "topic,brokerName,queueId,offset\norders,broker-a,0,7",
      "\ufefftopic,brokerName,queueId,offset\r\n\r\norders,broker-a,0,7\r\n\r\n",
      '"offset","queueId","topic","brokerName"\r"7","0","orders","broker-a"\r',
      "topic,brokerName,queueId,offset\norders,broker-a, 0, 7 \n",
    ]
  ) {
    assert.ok(parseCsv(text).equals(expected), JSON.stringify(text));
  }
  assert.equal(parseCsv("topic,brokerName,queueId,offset\n").size, 0);
  const [[mq]] = parseCsv('topic,brokerName,queueId,offset\n"a ""b"",c\nd",,0,7');
  assert.deepEqual(mq, { topic: 'a "b",c\nd', brokerName: "", queueId: 0 });
});

const HEAD = "topic,brokerName,queueId,offset\n";

for (
  const [text, message] of [
    ["", "line 1: it must be topic,brokerName,queueId,offset"],
    ["a,b\n", 'line 1: it names the columns "a,b", and must name topic,brokerName,queueId,offset'],
    [`${HEAD}a,b,0\n`, "line 2: it has 3 cells, not 4"],
    [`${HEAD}\n"x\ny",b,0,1\na,b,0,1,\n`, "line 5: it has 5 cells, not 4"],
    [`${HEAD}a,b,0,1.5E+18\n`, 'line 2: the offset "1.5E+18" is not an int64'],
    [
      `${HEAD}a,b,0,9223372036854775808\n`,
      'line 2: the offset "9223372036854775808" is not an int64',
    ],
    [`${HEAD}a,b,0,\n`, 'line 2: the offset "" is not an int64'],
    [`${HEAD}a,b,2147483648,1\n`, 'line 2: the queueId "2147483648" is not an int32'],
    [`${HEAD}a,b,,1\n`, 'line 2: the queueId "" is not an int32'],
    [`${HEAD}a,b,0,1\nc,b,0,1\na,b,0,2\n`, "line 4: it names the queue of line 2"],
    [`${HEAD}a"b,b,0,1\n`, "line 2: a quotation mark is out of place"],
    [`${HEAD}"a,b,0,1\n`, "line 2: a quotation mark is out of place"],
    [`${HEAD}"""a",b,0,1\n`, 'line 2: the name "\\"a" begins like JSON text, and is none'],
    [`${HEAD}"""\\ud800""",b,0,1\n`, 'line 2: the topic "\\ud800" holds a lone surrogate'],
  ] as const
) {
  test(`CSV ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseCsv(text), { name: "ExchangeError", message });
  });
}

const entry = (fields: object) => JSON.stringify({ offsets: [{ ...QUEUE, ...fields }] });

for (
  const [text, message] of [
    ["[]", 'the JSON text: it is no object with a list "offsets"'],
    ["{}", 'the JSON text: it is no object with a list "offsets"'],
    ['{"offsets":[7]}', "entry 1: it is no object"],
    [entry({}), "entry 1: the offset (it is missing) is no exact integer"],
    [
      entry({ offset: 2 ** 53 }),
      'entry 1: the offset "9007199254740992" is no exact integer, write it as a string',
    ],
    [entry({ offset: 1.5 }), 'entry 1: the offset "1.5" is no exact integer, write it as a string'],
    [entry({ offset: "1e3" }), 'entry 1: the offset "1e3" is not an int64'],
    [entry({ topic: 7, offset: "1" }), 'entry 1: the topic "7" is no string'],
    [
      entry({ queueId: 0.5, offset: "1" }),
      'entry 1: the queueId "0.5" is no exact integer, write it as a string',
    ],
  ] as const
) {
  test(`JSON ${text} is refused`, () => {
    assert.throws(() => parseJsonTable(text), { name: "ExchangeError", message });
  });
}

test("JSON that is no JSON is refused, and small numbers are read", () => {
  assert.throws(() => parseJsonTable("{"), { name: "ExchangeError", message: /^the JSON text: / });
  const t = parseJsonTable(entry({ offset: 7, lag: "9" }));
  assert.ok(t.equals(OffsetTable.from([[QUEUE, 7n]])));
});
