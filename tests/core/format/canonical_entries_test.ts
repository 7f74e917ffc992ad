/** The quick way through a table: what it takes, where it stops, and that it shows nowhere else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type MessageQueue,
  type Offset,
  OffsetFileSyntaxError,
  OffsetTable,
  parse,
  serialize,
} from "../../../src/core/mod.ts";
import { atOnce, SLICE } from "../../../src/core/slices.ts";
import { OffsetColumn } from "../../../src/core/table/offset_column.ts";
import { tableOf } from "../../../src/core/table/offset_table.ts";
import { QueueIndex } from "../../../src/core/table/queue_index.ts";
import { CanonicalEntries } from "../../../src/core/format/canonical_entries.ts";
import {
  EDGE_NAMES,
  EDGE_OFFSETS,
  entries,
  type Entry,
  offset,
} from "../../../scripts/lib/arbitraries.ts";
import { anyQueue, INT32_MAX, INT32_MIN, INT64_MAX } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const HEAD = '{"offsetTable":{';

const at = (queueId: number, topic = "t", brokerName = "b"): MessageQueue => ({
  topic,
  brokerName,
  queueId,
});

/** The key as Go writes it, with its colon. */
function goKey(mq: MessageQueue): string {
  return serialize(OffsetTable.from([[mq, 0]])).slice(HEAD.length, -"0}}".length);
}

const goEntry = ([mq, o]: Entry): string => goKey(mq) + o;

/** How far the quick way goes, and what it takes. */
function quick(text: string, position = 0) {
  const parts = { index: new QueueIndex(), offsets: new OffsetColumn() };
  const end = atOnce(new CanonicalEntries(parts).read(text, position));
  return { end, taken: [...tableOf(parts)] };
}

const tableOfLast = (all: readonly (readonly [MessageQueue, Offset])[]) => [
  ...OffsetTable.from(all),
];

test("S4 canonical entries are all taken, whatever their names, offsets and order", () => {
  check(fc.property(entries, fc.nat({ max: 20 }), (all, position) => {
    const text = " ".repeat(position) + all.map(goEntry).join(",") + "}";
    assert.deepEqual(quick(text, position), { end: text.length - 1, taken: tableOfLast(all) });
  }));
});

/** Entries in any order, also where one key begins with another. */
test("S4 every sequence of three entries over names that look like keys is read as one by one", () => {
  const names = ["", "a", "ab", '"queueId":', '\\"queueId\\":', '","brokerName":"'];
  const pool = names.flatMap((a) => names.map((b, i) => [at(i % 2, a, b), BigInt(i)] as const));
  const texts = pool.map(goEntry);
  for (const [i, first] of pool.entries()) {
    for (const [j, second] of pool.entries()) {
      for (const k of [i, j, (i + j) % pool.length]) {
        const all = [first, second, pool[k]];
        const text = `${texts[i]},${texts[j]},${texts[k]}}`;
        assert.deepEqual(quick(text), { end: text.length - 1, taken: tableOfLast(all) });
      }
    }
  }
});

test("S4 no name, no queue id and no offset is too odd for the quick way", () => {
  const names = EDGE_NAMES.flatMap((a) => EDGE_NAMES.map((b) => [at(0, a, b), 1n] as const));
  const ids = [0, 1, -1, INT32_MAX, INT32_MIN].map((id) => [at(id), 1n] as const);
  for (const all of [names, ids, ...EDGE_OFFSETS.map((o) => [[at(0), o] as const])]) {
    const text = all.map(goEntry).join(",") + "}";
    assert.deepEqual(quick(text), { end: text.length - 1, taken: tableOfLast(all) });
  }
});

test("S4 the quick way ends where the table ends", () => {
  const [first, second] = [goEntry([at(0), 1n]), goEntry([at(1), 2n])];
  for (const behind of ["", ",", "}"]) {
    const text = `${first}}${behind}${second}}}`;
    assert.deepEqual(quick(text), { end: first.length, taken: [[at(0), 1n]] });
    assert.throws(() => parse(HEAD + text), OffsetFileSyntaxError);
  }
});

test("P1 others have a turn after each slice of entries, and at no other time", () => {
  for (const count of [1, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE, 2 * SLICE + 1]) {
    const all = Array.from({ length: count }, (_, id) => goEntry([at(id), 1n])).join(",") + "}";
    const parts = { index: new QueueIndex(), offsets: new OffsetColumn() };
    const slices = [...new CanonicalEntries(parts).read(all, 0)];
    assert.deepEqual(slices, Array(Math.floor((count - 1) / SLICE)).fill(SLICE), `${count}`);
    assert.equal(parts.offsets.size, count);
  }
});

test("S4 the key of a broker is looked for once for queues of it that follow each other", () => {
  class CountingText extends String {
    searches = 0;
    override indexOf(text: string, position?: number): number {
      this.searches++;
      return super.indexOf(text, position);
    }
  }
  const topics = ["a", "a", "a", "b", "b", "a", "b"];
  const text = new CountingText(
    topics.map((topic, id) => goEntry([at(id, topic), 1n])).join(",") + "}",
  );
  assert.equal(quick(text as unknown as string).taken.length, topics.length);
  assert.equal(text.searches, 4);
});

test("S6 an offset at the very end of a text may not be all of it", () => {
  assert.deepEqual(quick(goEntry([at(0), 1n])), { end: 0, taken: [] });
});

const KEY = goKey(at(7));
const replaced = (what: string, by: string) => {
  assert.ok(KEY.includes(what));
  return KEY.replace(what, by);
};

/** Entries that are not canonical, or none at all. */
const OTHERS: readonly string[] = [
  "",
  "}",
  " ",
  ` ${KEY}1}`,
  KEY,
  `${KEY}}`,
  `${KEY},`,
  `${KEY} 1}`,
  `${KEY}1 }`,
  `${KEY}1.5}`,
  `${KEY}1e1}`,
  `${KEY}1]`,
  `${KEY}01}`,
  `${KEY}-}`,
  `${KEY}+1}`,
  `${KEY}"1"}`,
  `${KEY}null}`,
  `${KEY}${INT64_MAX + 1n}}`,
  `${KEY}${"9".repeat(30)}}`,
  ...["", "x", "07", "7.0", "7e0", " 7", "7 ", '\\"7\\"', `${INT32_MAX + 1}`, `${INT32_MIN - 1}`]
    .map((id) => replaced(":7}", `:${id}}`) + "1}"),
  replaced('}":', '}" :') + "1}",
  replaced('}":', '} ":') + "1}",
  // Three characters that are not those between a queue id and an offset.
  replaced('}":', '}";') + "1}",
  replaced('}":', "abc") + "1}",
  replaced('}":', '}:"') + "1}",
  replaced('}":', ',\\"x\\":0}":') + "1}",
  replaced("topic", "t\\\\u006fpic") + "1}",
  replaced("topic", "t\\u006fpic") + "1}",
  replaced("topic", "Topic") + "1}",
  replaced('\\"t\\"', "null") + "1}",
  replaced('\\"t\\"', '\\"\\\\u0074\\"') + "1}",
  replaced('\\"t\\"', '\\"<\\"') + "1}",
  replaced('\\"t\\"', '\\"t') + "1}",
  replaced('\\"topic\\":', '\\"topic\\": ') + "1}",
  replaced('{\\"topic', '{\\"x\\":0,\\"topic') + "1}",
  replaced('\\"t\\",', '\\"t\\", ') + "1}",
  String.raw`"{\"brokerName\":\"b\",\"topic\":\"t\",\"queueId\":7}":1}`,
  String.raw`"{\"topic\":\"t\",\"topic\":\"t\",\"brokerName\":\"b\",\"queueId\":7}":1}`,
  String.raw`"{\"queueId\":7,\"topic\":\"t\",\"brokerName\":\"b\"}":1}`,
  String.raw`{"topic":"t","brokerName":"b","queueId":7}:1}`,
  `\\"queueId\\":7}":1}`,
];

test("S5 the quick way stops before the first entry that is written in any other way", () => {
  const other = fc.constantFrom(...OTHERS);
  check(fc.property(entries, other, fc.array(fc.tuple(anyQueue, offset)), (all, other, more) => {
    const before = all.map(goEntry).join(",");
    const text = [...all.map(goEntry), other, ...more.map(goEntry)].join(",");
    assert.deepEqual(quick(text), { end: before.length, taken: tableOfLast(all) });
  }));
});

for (const other of OTHERS) {
  test(`S5 the quick way does not take ${JSON.stringify(other)}`, () => {
    assert.deepEqual(quick(other), { end: 0, taken: [] });
    const first = goEntry([at(7), 42n]);
    const last = goEntry([at(9), 1n]);
    assert.deepEqual(quick(`${first},${other},${last}}`), {
      end: first.length,
      taken: [[at(7), 42n]],
    });
  });
}

/** Ways to write an entry that all mean the same. */
const SPELLINGS: readonly ((mq: MessageQueue, o: Offset) => string)[] = [
  (mq, o) => goEntry([mq, o]),
  (mq, o) => goEntry([mq, o]),
  (mq, o) => goEntry([mq, o]),
  (mq, o) => ` ${goEntry([mq, o])}\n`,
  (mq, o) => `${JSON.stringify(JSON.stringify(mq))}:${o}`,
  (mq, o) => `${JSON.stringify(JSON.stringify(mq, null, 1))}\t:\r${o}`,
  ({ topic, brokerName, queueId }, o) =>
    `${JSON.stringify(JSON.stringify({ queueId, brokerName, topic }))}:${o}`,
  (mq, o) => `${JSON.stringify({ x: [{}], ...mq })}:${o}`,
];

test("S5 the last entry of each queue counts, written in any way", () => {
  const written = fc.record({
    mq: fc.oneof(fc.constantFrom(at(0), at(1), at(0, "u")), anyQueue),
    offset,
    spell: fc.constantFrom(...SPELLINGS),
  });
  check(fc.property(fc.array(written, { maxLength: 12, size: "max" }), (all) => {
    const text = `${HEAD}${all.map(({ mq, offset, spell }) => spell(mq, offset)).join(",")}}}`;
    const expected = tableOfLast(all.map(({ mq, offset }) => [mq, offset]));
    assert.deepEqual([...parse(text)], expected);
  }));
});

/** The entries of a text, or the reason for its refusal and the distance from the end. */
function outcome(text: string) {
  try {
    return [...parse(text)];
  } catch (error) {
    assert.ok(error instanceof OffsetFileSyntaxError, String(error));
    return { reason: error.reason, left: text.length - error.position };
  }
}

test("S5 S6 the quick way shows nowhere: with a blank before it, a table is read in the long way", () => {
  const pieces = fc.constantFrom(...'{}[]":,\\ 0123456789-.eE<\n', '\\"', KEY, "queueId", "");
  const changes = fc.array(
    fc.record({ at: fc.nat(), deletes: fc.nat({ max: 2 }), piece: pieces }),
    {
      maxLength: 2,
    },
  );
  const small = fc.array(fc.tuple(fc.constantFrom(at(0), at(10), at(0, "<u>"), at(-1)), offset));
  const seen = { read: 0, refused: 0 };
  check(
    fc.property(fc.oneof(small, entries), changes, (all, changes) => {
      let table = `${all.map(goEntry).join(",")}}}`;
      for (const { at, deletes, piece } of changes) {
        const position = at % table.length;
        table = table.slice(0, position) + piece + table.slice(position + deletes);
      }
      const [quickly, slowly] = [outcome(HEAD + table), outcome(`${HEAD} ${table}`)];
      assert.deepEqual(quickly, slowly);
      seen[Array.isArray(quickly) ? "read" : "refused"]++;
    }),
    { numRuns: 500 },
  );
  assert.ok(seen.read > 0 && seen.refused > 0, JSON.stringify(seen));
});
