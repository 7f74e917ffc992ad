/** A read from the store says what the file says, also when a persist has failed halfway. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess } from "./disk_process.ts";
import { atEachCall } from "./each_call.ts";

const OPERATIONS: Record<string, (store: LocalFileOffsetStore) => Promise<void>> = {
  "a persist": (store) => store.persist(),
  "a close": (store) => store.close(),
  "a deletion": (store) => store.deleteDurable(queue(1)),
};

/** One call of an operation fails, before or after its effect; then the store is read. */
async function failEachCall(
  operate: (store: LocalFileOffsetStore) => Promise<void>,
  journal: boolean,
  after: boolean,
): Promise<number> {
  let doubts = 0;
  await atEachCall(async (moment) => {
    const process = new DiskProcess(await diskWith());
    const store = await process.open({ journal });
    for (const offset of [1, 2]) {
      for (const id of [0, 1]) store.update(queue(id), offset, true);
      await store.persist();
    }
    store.update(queue(0), 9, true);
    moment.arm(process, ({ name, path }) => {
      process.fail({
        when: (call) => call.name === name && call.path === path,
        code: "EIO",
        after,
        once: true,
      });
    });
    const error = await operate(store).then(() => undefined, (error) => error);
    process.restore();
    if (store.status().closed) return;
    if (error?.onDisk === "either") doubts++;
    const loaded = await new DiskProcess(process.disk.disk).open();
    for (const id of [0, 1]) {
      const told = `${moment}, ${after ? "after" : "before"} its effect: queue ${id}, ${error}`;
      assert.equal(await store.read(queue(id), "store"), loaded.peek(queue(id)), told);
    }
  });
  return doubts;
}

for (const [what, operate] of Object.entries(OPERATIONS)) {
  for (const journal of [false, true]) {
    test(
      `R1 a read from the store says what the file says after a failure: ${what}, journal ${journal}`,
      async () => {
        let doubts = 0;
        for (const after of [false, true]) doubts += await failEachCall(operate, journal, after);
        assert.ok(doubts > 0, "no failure leaves a doubt");
      },
    );
  }
}

test("R1 a read from the store does not say what was not written", async () => {
  const process = new DiskProcess(await diskWith());
  const store = await process.open();
  store.update(queue(0), 1, true);
  await store.persist();
  store.update(queue(0), 9, true);
  process.fail({ when: ({ name }) => name === "create", code: "ENOSPC" });
  await assert.rejects(store.persist(), { onDisk: "previous" });
  assert.equal(await store.read(queue(0), "store"), 1n);
});
