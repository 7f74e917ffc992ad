import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { LocalFileOffsetStore } from "../../../mod.ts";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import { queue } from "../../support/store_directory.ts";

const QUEUES = 10_001;

/** How many turns the event loop has from a persist of so many changes to its first write. */
async function turnsFor(changes: number): Promise<number> {
  let [turns, atWrite, isDone] = [0, 0, false];
  const fs = new SimulatedFileSystem(await diskWith());
  const fileSystem = wrap(fs, { create: (path) => (atWrite = turns, fs.create(path)) });
  const options = { clientId: "c", group: "g", root: "/root", fileSystem };
  const store = await LocalFileOffsetStore.open(options);
  for (let id = 0; id < QUEUES; id++) store.update(queue(id), 1, true);
  await store.persist();
  for (let id = 0; id < changes; id++) store.update(queue(id), 2, true);
  const turn = () => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await store.persist();
  isDone = true;
  return atWrite;
}

test("P1 many changes are captured, applied and written in turns of their own", async () => {
  assert.equal(await turnsFor(10_000), await turnsFor(9_999) + 2);
});
