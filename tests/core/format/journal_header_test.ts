import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_GENERATION, MAX_JOURNAL_GENERATION } from "../../../src/core/format/generation.ts";
import { formatHeader, parseHeader } from "../../../src/core/format/journal_header.ts";
import { check } from "../../support/check.ts";

const TEXT = '{"version":1,"generation":7,"length":1306,"crc32":"89abcdef","durability":"full"}';
const HEADER = {
  snapshot: { length: 1306, crc32: 0x89abcdef },
  generation: 7,
  durability: "full",
  version: 1,
} as const;
/** As version 0.1.0 of this package wrote it. */
const FIRST_TEXT = '{"snapshot":{"length":1306,"crc32":"89abcdef"}}';

const NO_SNAPSHOT = "the first line does not name a snapshot";

const header = fc.record({
  snapshot: fc.record({
    length: fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32, 999_999_999_999_999)),
    crc32: fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.constantFrom(0, 1, 0xffffffff, 0x80000000),
    ),
  }, { noNullPrototype: true }),
  generation: fc.oneof(
    fc.integer({ min: 1, max: MAX_JOURNAL_GENERATION }),
    fc.constantFrom(1, MAX_JOURNAL_GENERATION),
  ),
  durability: fc.constantFrom("full" as const, "relaxed" as const),
}, { noNullPrototype: true });

test("J3 the first line names version, generation, length, checksum and durability", () => {
  assert.equal(formatHeader(HEADER), TEXT);
  assert.deepEqual(parseHeader(TEXT), HEADER);
});

test("J3 the first line that was written is read", () => {
  check(fc.property(header, (header) => {
    assert.deepEqual(parseHeader(formatHeader(header)), { ...header, version: 1 });
  }));
});

test("J3 the first line of version 0.1.0 is read: it has no generation, and its syncs were full", () => {
  assert.deepEqual(parseHeader(FIRST_TEXT), {
    snapshot: HEADER.snapshot,
    generation: undefined,
    durability: "full",
    version: 0,
  });
});

test("J3 a number that is no generation of a snapshot with a journal is none", () => {
  const withNumber = (number: string) => parseHeader(TEXT.replace(":7,", `:${number},`));
  assert.deepEqual(withNumber(String(MAX_JOURNAL_GENERATION)), {
    ...HEADER,
    generation: MAX_JOURNAL_GENERATION,
  });
  const numbers = [MAX_GENERATION, 2 ** 53 - 1, 2 ** 53].map(String);
  for (const number of ["0", "00", "07", "99999999999999999", ...numbers]) {
    assert.deepEqual(withNumber(number), { ...HEADER, generation: undefined }, number);
  }
});

test("J2 J3 the first line of a newer format says which version, and what to do", () => {
  const newer = (version: string) =>
    `the first line has format version ${version}, written by a newer version of this package: ` +
    "open the store with that version and close it, which leaves no journal";
  for (const rest of ["}", ',"generation":7}', ',"anything":[{}]}', ","]) {
    assert.equal(parseHeader(`{"version":2${rest}`), newer("2"));
  }
  assert.equal(parseHeader(TEXT.replace(":1,", ":2,")), newer("2"));
  assert.equal(parseHeader(TEXT.replace(":1,", ":123456789012345,")), newer("123456789012345"));
});

test("J2 any other first line does not name a snapshot", () => {
  const others = ["", "{}", "null", '{"offsetTable":{}}', '{"version":1}', '{"version":0}'];
  for (const text of [TEXT, FIRST_TEXT]) {
    others.push(
      ` ${text}`,
      `${text} `,
      `${text}}`,
      `${text}\n`,
      `\ufeff${text}`,
      `"${text.replace(":1,", ":2,")}`,
      text.slice(1),
      text.replace("1306", ""),
      text.replace("1306", "-1"),
      text.replace("1306", "x"),
      text.replace("1306", "1234567890123456"),
      text.replace("89abcdef", "89ABCDEF"),
      text.replace("89abcdef", "89abcde"),
      text.replace("89abcdef", "89abcdef0"),
      text.replace("89abcdef", "89abcdeg"),
      text.replace(":", ": "),
    );
  }
  others.push(
    TEXT.replace(":7,", ":-7,"),
    TEXT.replace(":7,", ":7.0,"),
    TEXT.replace(":7,", ':"7",'),
    TEXT.replace(":7,", ":,"),
    TEXT.replace('"full"', '"none"'),
    TEXT.replace('"full"', "true"),
    TEXT.replace(',"durability":"full"', ""),
    TEXT.replace(":1,", ":0,"),
    TEXT.replace(":1,", ":x,"),
  );
  for (const text of others) assert.equal(parseHeader(text), NO_SNAPSHOT, text);
});

test("J3 one other character in the first line makes it another one, or none", () => {
  const char = fc.constantFrom(...'0123456789abcdef{}":,-. ');
  check(fc.property(header, fc.nat(), char, (header, at, char) => {
    const text = formatHeader(header);
    const position = at % text.length;
    if (text[position] === char) return;
    const changed = text.slice(0, position) + char + text.slice(position + 1);
    assert.notDeepEqual(parseHeader(changed), parseHeader(text), changed);
  }));
});
