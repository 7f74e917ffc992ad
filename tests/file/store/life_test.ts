/** The end of a store, whatever is under way: a close, or that it is abandoned. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { check, inProportion } from "../../support/check.ts";
import { type Life, lifeWith, Lived } from "../../support/lived.ts";

const NO_FAULTS = fc.constant([]);
const FAULTS = fc.array(fc.nat(150), { minLength: 1, maxLength: 3 });

for (const end of ["close", "abandon"] as const) {
  for (
    const [which, faults] of [["every call works", NO_FAULTS], ["calls fail", FAULTS]] as const
  ) {
    test(`C1 C2 C3 persists, deletions and reads around a ${end}, where ${which}`, async () => {
      const ends = { close: 0, abandon: 0, rejections: 0 };
      await check(
        fc.asyncProperty(lifeWith(end, faults), async (life: Life) => {
          const lived = await Lived.begin(life);
          await lived.run();
          if (lived.end !== undefined) ends[lived.end]++;
          ends.rejections += lived.rejections;
        }),
        { numRuns: 300 },
      );
      assert.ok(
        ends[end] > inProportion(50) && ends.rejections > inProportion(50),
        JSON.stringify(ends),
      );
    });
  }
}
