/** What a resolved conflict makes of a queue: worked examples, then a property for every promise. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { offset } from "../../../scripts/lib/arbitraries.ts";
import {
  checkConflictChoice,
  type ConflictChoice,
  type Held,
  resolveQueue,
} from "../../../src/core/rules/resolve_conflict.ts";
import { check } from "../../support/check.ts";

const NONE = undefined;
const at = (offset: bigint, frozen = false) => ({ offset, frozen });

/** The choice, what memory holds, what the files hold; then memory and the file. */
const EXAMPLES = [
  ["theirs", at(9n), 5n, at(5n), 5n],
  ["theirs", at(9n, true), 5n, at(5n), 5n],
  ["theirs", at(9n), NONE, NONE, NONE],
  ["theirs", NONE, 5n, at(5n), 5n],
  ["mine", at(3n), 5n, at(3n), 3n],
  ["mine", at(3n, true), 5n, at(3n, true), 3n],
  ["mine", at(3n), NONE, at(3n), 3n],
  ["mine", NONE, 5n, NONE, 5n],
  ["max", at(3n), 5n, at(5n), 5n],
  ["max", at(9n), 5n, at(9n), 9n],
  ["max", at(3n, true), 5n, at(3n, true), 5n],
  ["max", at(9n, true), 5n, at(9n, true), 9n],
  ["max", at(-1n), NONE, at(-1n), -1n],
  ["max", NONE, 5n, NONE, 5n],
] as const;

test("C4 worked examples of each choice", () => {
  for (const [choice, held, theirs, memory, file] of EXAMPLES) {
    const resolved = resolveQueue(choice, held, theirs);
    assert.deepEqual(resolved, { memory, file }, `${choice}, ${held?.offset}, ${theirs}`);
  }
});

const maybe = fc.option(offset, { nil: undefined });
const held = fc.option(fc.record({ offset, frozen: fc.boolean() }), { nil: undefined });

/** Checks a property of all that a store and the files may hold of a queue. */
function always(holds: (own: Held | undefined, theirs: bigint | undefined) => void): void {
  check(fc.property(held, maybe, holds), { numRuns: 500 });
}

test("C4 theirs: memory and file are what the files hold, and nothing is frozen or deleted", () => {
  always((own, theirs) => {
    const { memory, file } = resolveQueue("theirs", own, theirs);
    assert.deepEqual([memory?.offset, file], [theirs, theirs]);
    assert.notEqual(memory?.frozen, true);
  });
});

test("C4 mine: memory is as it was and wins, and the file keeps what memory lacks", () => {
  always((own, theirs) => {
    const { memory, file } = resolveQueue("mine", own, theirs);
    assert.equal(memory, own);
    assert.equal(file, own === undefined ? theirs : own.offset);
  });
});

test("C4 max: nothing is lowered in memory or in the file, and a frozen queue stays as it is", () => {
  always((own, theirs) => {
    const { memory, file } = resolveQueue("max", own, theirs);
    if (own === undefined) return assert.deepEqual([memory, file], [undefined, theirs]);
    assert.equal(memory?.frozen, own.frozen);
    const both = [own.offset, theirs ?? own.offset];
    assert.equal(file, both[0] > both[1] ? both[0] : both[1]);
    assert.equal(memory?.offset, own.frozen ? own.offset : file);
  });
});

test("C4 each choice is idempotent: resolved once more, nothing changes", () => {
  const choices: ConflictChoice[] = ["theirs", "mine", "max"];
  check(fc.property(fc.constantFrom(...choices), held, maybe, (choice, own, theirs) => {
    const once = resolveQueue(choice, own, theirs);
    const again = resolveQueue(choice, once.memory, once.file);
    assert.deepEqual(again, once);
  }));
});

test("C4 a choice that is none is refused", () => {
  for (const choice of ["ours", "", undefined, null, 3, {}]) {
    assert.throws(() => checkConflictChoice(choice), {
      name: "TypeError",
      message: /^Cannot resolve a conflict with .*: it is none of "theirs", "mine", "max"$/,
    });
  }
  for (const choice of ["theirs", "mine", "max"]) checkConflictChoice(choice);
});
