import assert from "node:assert/strict";
import { test } from "node:test";
import { OffsetFileSyntaxError, type OffsetTable, parse } from "../../../src/core/mod.ts";

/** A text with `^` where the fault is, and what is said about it. */
export type Refusal = readonly [marked: string, reason: string];

/** Makes a test of each: the reader says exactly this place and exactly this reason. */
export function testRefusals(
  refusals: readonly Refusal[],
  name = "S5 parse()",
  read: (text: string) => OffsetTable = parse,
): void {
  refusals.forEach(([marked, reason], i) => {
    const shown = marked.length < 80 ? JSON.stringify(marked) : `a long text (${i})`;
    test(`${name} refuses ${shown}: ${reason}`, () => {
      const position = marked.indexOf("^");
      assert.throws(() => read(marked.replace("^", "")), (error) => {
        assert.ok(error instanceof OffsetFileSyntaxError && error instanceof SyntaxError);
        assert.deepEqual([error.position, error.reason], [position, reason]);
        assert.equal(error.name, "OffsetFileSyntaxError");
        assert.equal(error.message, `Cannot parse offset file at position ${position}: ${reason}`);
        return true;
      });
    });
  });
}
