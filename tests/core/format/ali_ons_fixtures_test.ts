import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  decode,
  type MessageQueue,
  OffsetFileSyntaxError,
  OffsetTable,
  parse,
  parseAliOns,
} from "../../../src/core/mod.ts";
import { aliOnsText } from "../../support/ali_ons_writer.ts";

// The real client wrote these files; tests/fixtures/README.md says how.
const FOLDER = new URL("../../fixtures/ali_ons/3.12.0/", import.meta.url);
const TABLES = new URL("../../fixtures/tables/", import.meta.url);
const NUMBERS = ["00", "01", "02", "03", "04"];

const read = (name: string): string => decode(readFileSync(new URL(`${name}.json`, FOLDER)));

/** The entries that the client was given: each offset modulo 2^53. */
function given(number: string): OffsetTable {
  const text = readFileSync(new URL(`${number}.entries.json`, TABLES), "utf8");
  const listed: (MessageQueue & { offset: string })[] = JSON.parse(text);
  return OffsetTable.from(
    listed.map(({ offset, ...mq }) => [mq, BigInt.asUintN(53, BigInt(offset))]),
  );
}

type Edge = readonly [MessageQueue, bigint][] | string;
const mq = (topic: string, brokerName: string, queueId: number) => ({ topic, brokerName, queueId });

/** What each file holds, or why it is refused. */
const EDGES: Record<string, Edge> = {
  "none-or-zero": [],
  "greatest-exact": [[mq("t", "b", 0), 2n ** 53n - 1n]],
  "rounded": "an offset is greater than 2^53 - 1, and the client has rounded it",
  "beyond-int64": "an offset is not an int64",
  "exponent": "an offset is not written as an integer",
  "infinite": 'expected an offset as an integer, found "n"',
  "fraction": "an offset is not written as an integer",
  "negative": "an offset is less than -1",
  "string-queue-id": [[mq("t", "b", 3), 42n]],
  "no-queue-id": 'the key is not [topic="…", brokerName="…", queueId="…"]',
  "two-readings": "the key can be read as several queues",
  "quotes": [[mq('"', '"]', 0), 42n], [mq('", queueId="1"]', '[topic="', 1), 43n]],
  "lone-surrogate": "a name in the key holds a lone surrogate",
};

test("ali-ons: each fixture has its expectation", () => {
  const names = readdirSync(FOLDER).map((name) => name.replace(".json", "")).sort();
  assert.deepEqual(names, [...NUMBERS, ...Object.keys(EDGES)].sort());
});

for (const number of NUMBERS) {
  test(`ali-ons: parseAliOns() reads ${number}.json of the real client, and parse() refuses it`, () => {
    const table = given(number);
    assert.deepEqual(
      [...parseAliOns(read(number))],
      [...table].filter(([, offset]) => offset !== 0n),
    );
    assert.throws(() => parse(read(number)), OffsetFileSyntaxError);
  });

  test(`ali-ons: the tests write ${number}.json as the real client does`, () => {
    assert.deepEqual(JSON.parse(read(number)), JSON.parse(aliOnsText(given(number))));
    assert.equal(read(number).length, aliOnsText(given(number)).length);
  });
}

for (const [name, expected] of Object.entries(EDGES)) {
  test(`ali-ons: parseAliOns() and ${name}.json of the real client`, () => {
    if (typeof expected !== "string") {
      return assert.deepEqual(new Map(parseAliOns(read(name))), new Map(expected));
    }
    assert.throws(() => parseAliOns(read(name)), {
      name: "OffsetFileSyntaxError",
      reason: expected,
    });
  });
}
