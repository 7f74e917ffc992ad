import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  MAX_GENERATION,
  MAX_JOURNAL_GENERATION,
  parseGeneration,
} from "../../../src/core/format/generation.ts";
import { check } from "../../support/check.ts";

const generation = fc.oneof(
  fc.integer({ min: 1, max: MAX_GENERATION }),
  fc.nat(1000).map((n) => n + 1),
  fc.constantFrom(1, 9, 10, MAX_JOURNAL_GENERATION, MAX_GENERATION),
);

test("J3 a generation is an integer from 1 to 2^53 − 2", () => {
  assert.equal(MAX_GENERATION, 2 ** 53 - 2);
  assert.equal(parseGeneration("1"), 1);
  assert.equal(parseGeneration("9007199254740990"), 2 ** 53 - 2);
  for (const text of ["0", "-1", "9007199254740991", "9007199254740992", "18446744073709551616"]) {
    assert.equal(parseGeneration(text), undefined, text);
  }
});

test("J3 a generation is written without sign, fraction, exponent, leading zero or quotes", () => {
  for (
    const text of ["", " ", " 1", "1 ", "+1", "01", "1.0", "1e0", "1n", "0x1", '"1"', "١", "null"]
  ) {
    assert.equal(parseGeneration(text), undefined, JSON.stringify(text));
  }
});

test("J3 no text is no generation, and neither is a number above the given one", () => {
  assert.equal(parseGeneration(undefined), undefined);
  check(fc.property(generation, generation, (number, max) => {
    assert.equal(parseGeneration(String(number), max), number <= max ? number : undefined);
  }));
});

test("J3 every generation comes back from its text", () => {
  check(fc.property(generation, (number) => {
    assert.equal(parseGeneration(String(number)), number);
  }));
});

test("J3 any JSON value is either the text of a generation or none", () => {
  const text = fc.oneof(
    fc.json(),
    fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }).map(String),
    fc.double().map(String),
    fc.string({ unit: fc.constantFrom(..."0123456789-+.e "), maxLength: 18 }),
  );
  check(
    fc.property(text, (text) => {
      const number = parseGeneration(text);
      if (number === undefined) {
        const isGeneration = /^[0-9]+$/.test(text) && text === String(Number(text)) &&
          Number(text) >= 1 && Number(text) <= 2 ** 53 - 2;
        assert.ok(!isGeneration, text);
      } else assert.equal(String(number), text);
    }),
    { numRuns: 1000 },
  );
});

test("J3 the fold of a journal always has a number: one more is a generation, too", () => {
  assert.equal(parseGeneration(String(MAX_JOURNAL_GENERATION + 1)), MAX_GENERATION);
  assert.ok(Number.isSafeInteger(MAX_GENERATION + 1), "the number is never rounded");
});
