import assert from "node:assert/strict";
import { test } from "node:test";
import { QuickSync } from "../../src/file/quick_sync.ts";

/** Syncs that take so many milliseconds each, by a clock of the test's own. */
async function placesOf(durations: readonly number[]): Promise<string[]> {
  let [now, round] = [0, 0];
  const places: string[] = [];
  const quick = new QuickSync(() => now);
  const sync = (place: string) => {
    places.push(place);
    now += durations[round];
  };
  for (; round < durations.length; round++) {
    await quick.run(() => sync("here"), () => Promise.resolve(sync("elsewhere")));
  }
  return places;
}

test("P2 a sync is made elsewhere at first, here while that is quick, and elsewhere when it is not", async () => {
  assert.deepEqual(await placesOf([0.5, 0.75, 1, 5, 0.5, 0.25]), [
    ...["elsewhere", "here", "here", "elsewhere", "elsewhere", "here"],
  ]);
});

test("P4 a sync that fails, here or elsewhere, is an error", async () => {
  let now = 0;
  const quick = new QuickSync(() => now++ / 10);
  const failing = () => Promise.reject(new Error("elsewhere"));
  await assert.rejects(quick.run(() => {}, failing), /elsewhere/);
  await quick.run(() => {}, () => Promise.resolve());
  const here = () => {
    throw new Error("here");
  };
  await assert.rejects(quick.run(here, failing), /here/);
});
