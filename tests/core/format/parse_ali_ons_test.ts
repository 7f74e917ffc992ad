import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type MessageQueue,
  type Offset,
  OffsetFileSyntaxError,
  OffsetTable,
  parse,
  parseAliOns,
  serialize,
} from "../../../src/core/mod.ts";
import { aliOnsKey, aliOnsText } from "../../support/ali_ons_writer.ts";
import { messageQueue, name, offset, queueId, table } from "../../../scripts/lib/arbitraries.ts";
import { check } from "../../support/check.ts";

const MQ = { topic: "t", brokerName: "b", queueId: 0 };
const KEY = JSON.stringify(aliOnsKey(MQ));
const SEPARATOR = '", brokerName="';

/** Every queue that has this key, found by trying each place where the names may be split. */
function readings(key: string): MessageQueue[] {
  const found: MessageQueue[] = [];
  const id = /"(-?\d+)"\]$/.exec(key);
  if (id === null) return found;
  for (let i = 0; i < key.length; i++) {
    for (let j = i + SEPARATOR.length; j < key.length; j++) {
      if (!key.startsWith('", queueId="', j)) continue;
      const mq = {
        topic: key.slice('[topic="'.length, i),
        brokerName: key.slice(i + SEPARATOR.length, j),
        queueId: Number(id[1]),
      };
      if (aliOnsKey(mq) === key) found.push(mq);
    }
  }
  return found;
}

/** Parses; lets nothing but the documented error pass, with a position in the text. */
function attempt(text: string): OffsetTable | undefined {
  try {
    return parseAliOns(text);
  } catch (error) {
    if (!(error instanceof OffsetFileSyntaxError)) throw error;
    assert.ok(error.position >= 0 && error.position <= text.length, "a position is in the text");
    return undefined;
  }
}

/** Names of which some look like the text between two names. */
const trickyName: fc.Arbitrary<string> = fc.oneof(
  name.filter((each) => each.length < 50),
  fc.string({
    unit: fc.constantFrom(SEPARATOR, '"', ", ", "brokerName=", '", queueId="1"]', '[topic="', "é"),
    maxLength: 4,
  }),
);
const trickyQueue: fc.Arbitrary<MessageQueue> = fc.record({
  topic: trickyName,
  brokerName: trickyName,
  queueId,
});

/** The offsets that the client writes as they are, or as -1. */
const exactOffset: fc.Arbitrary<Offset> = fc.oneof(
  fc.constantFrom(-1n, 0n, 1n, 2n ** 53n - 2n, 2n ** 53n - 1n),
  fc.bigInt({ min: -1n, max: 2n ** 53n - 1n }),
);
const anyQueue: fc.Arbitrary<MessageQueue> = fc.oneof(messageQueue, trickyQueue);
const isCertain = (mq: MessageQueue): boolean => readings(aliOnsKey(mq)).length === 1;
const tableOver = (queues: fc.Arbitrary<MessageQueue>): fc.Arbitrary<OffsetTable> =>
  fc.array(fc.tuple(queues.filter(isCertain), exactOffset)).map((each) => OffsetTable.from(each));
const exactTable = tableOver(anyQueue);
const shortTable = tableOver(trickyQueue);
const anyTable: fc.Arbitrary<OffsetTable> = fc.array(fc.tuple(anyQueue, offset))
  .map((each) => OffsetTable.from(each));

/** The table that a file preserves: 0 and -1 are one. */
const kept = (t: Iterable<readonly [MessageQueue, Offset]>): OffsetTable =>
  OffsetTable.from([...t].filter(([, each]) => each !== 0n && each !== -1n));

test("ali-ons: parseAliOns() reads each table that the client can write, without 0 and -1", () => {
  let [omitted, quoted, greatest] = [0, 0, 0];
  check(fc.property(exactTable, (t) => {
    assert.deepEqual([...parseAliOns(aliOnsText(t))], [...kept(t)]);
    if (kept(t).size < t.size) omitted++;
    if ([...t].some(([mq]) => mq.topic.includes('"'))) quoted++;
    if ([...t].some(([, each]) => each === 2n ** 53n - 1n)) greatest++;
  }));
  assert.ok(omitted > 0 && quoted > 0 && greatest > 0);
});

test("ali-ons: parseAliOns() reads what was written exactly, and refuses every other text", () => {
  let [ambiguous, rounded, accepted] = [0, 0, 0];
  check(
    fc.property(anyTable, (t) => {
      const isAmbiguous = [...t].some(([mq]) => !isCertain(mq));
      const isRounded = [...t].some(([, each]) => each < -1n || each >= 2n ** 53n);
      const read = attempt(aliOnsText(t));
      if (isAmbiguous) ambiguous++;
      if (isRounded) rounded++;
      if (isAmbiguous || isRounded) return assert.equal(read, undefined);
      assert.deepEqual([...read!], [...kept(t)]);
      accepted++;
    }),
    { numRuns: 500 },
  );
  assert.ok(ambiguous > 0 && rounded > 0 && accepted > 0);
});

test("ali-ons: parseAliOns() refuses every proper prefix and suffix of a file", () => {
  check(fc.property(shortTable, (t) => {
    const text = aliOnsText(t);
    for (let i = 1; i < text.length; i++) {
      assert.equal(attempt(text.slice(0, i)), undefined, `the first ${i}`);
      assert.equal(attempt(text.slice(i)), undefined, `all but the first ${i}`);
    }
  }));
});

test("ali-ons: parseAliOns() reads a changed text as JSON.parse does, or refuses it", () => {
  let accepted = 0;
  const change = fc.tuple(
    fc.nat(),
    fc.integer({ min: 0, max: 2 }),
    fc.constantFrom(
      "",
      "0",
      "7",
      '"',
      '\\"',
      ",",
      ":",
      "-",
      "e",
      ".",
      "[",
      "]",
      "{",
      "}",
      " ",
      "n",
    ),
  );
  check(
    fc.property(shortTable, fc.array(change, { minLength: 1, maxLength: 3 }), (t, changes) => {
      let text = aliOnsText(t);
      for (const [at, removed, added] of changes) {
        const i = at % text.length;
        text = text.slice(0, i) + added + text.slice(i + removed);
      }
      const read = attempt(text);
      if (read === undefined) return;
      accepted++;
      const { offsetTable } = JSON.parse(text);
      const expected = Object.entries(offsetTable).map(([key, each]) => {
        const [mq, ...others] = readings(key);
        assert.ok(others.length === 0 && Number.isSafeInteger(each));
        return [mq, BigInt(each as number)] as const;
      });
      // The client takes 0 for an offset if somebody else wrote it.
      const held = OffsetTable.from(expected.filter(([, each]) => each !== -1n));
      assert.deepEqual([...read], [...held]);
    }),
    { numRuns: 1000 },
  );
  assert.ok(accepted > 10, `${accepted} accepted`);
});

test("ali-ons: parse() refuses the form, and parseAliOns() refuses the other forms", () => {
  check(fc.property(exactTable, table, (own, other) => {
    if (own.size > 0) assert.throws(() => parse(aliOnsText(own)), OffsetFileSyntaxError);
    for (const format of ["go", "java"] as const) {
      if (other.size > 0) assert.equal(attempt(serialize(other, { format })), undefined);
    }
  }));
  assert.equal(parseAliOns('{"offsetTable":{}}').size, 0);
});

const SAME: readonly (readonly [what: string, text: string])[] = [
  ["the client's own form", `{"offsetTable":{${KEY}:42}}`],
  ["white space", ` {\n"offsetTable" :\t{ ${KEY}\r: 42 } } `],
  ["members before and after the table", `{"a":[{}],"offsetTable":{${KEY}:42},"a":null}`],
  ["escapes that nobody needs", `{"\\u006fffsetTable":{${KEY.replace("t", "\\u0074")}:42}}`],
];

for (const [what, text] of SAME) {
  test(`ali-ons: parseAliOns() reads ${what}`, () => {
    assert.deepEqual([...parseAliOns(text)], [[MQ, 42n]]);
  });
}

test("ali-ons: parseAliOns() reads 0, which the client reads too, but never writes", () => {
  assert.deepEqual([...parseAliOns(`{"offsetTable":{${KEY}:0}}`)], [[MQ, 0n]]);
});
