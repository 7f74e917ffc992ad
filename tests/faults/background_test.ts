/** The timer and its diagnostics while its persists fail. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess, MAIN } from "./disk_process.ts";
import { ticks } from "./ticks.ts";
import { noting } from "../support/noting.ts";

/** A store with a timer that ticks each millisecond, and what it tells. */
async function timed(journal = false) {
  const process = new DiskProcess(await diskWith());
  const seen: Diagnostic[] = [];
  const store = await process.open({
    persistEveryMs: 1,
    journal,
    onDiagnostic: noting(seen),
  });
  return { process, store, seen, disk: process.disk.disk };
}

for (const code of ["EIO", "ENOSPC"]) {
  test(
    `C5 P4 a failure that goes on is reported once, and another one after a success again: ${code}`,
    async () => {
      const { process, store, seen } = await timed();
      for (let round = 1; round <= 3; round++) {
        process.fail({ when: ({ name }) => name === "create", code });
        store.update(queue(0), round, true);
        await ticks(20);
        assert.equal(seen.length, round, JSON.stringify(seen));
        assert.equal(seen[round - 1].kind, "persist-failed");
        process.restore();
        await ticks(20);
        assert.equal(store.status().lastError, undefined);
        assert.equal(seen.length, round);
      }
      await store.close();
    },
  );
}

test("C5 P4 a failure is reported once, however many ticks have waited for it", async () => {
  const { process, store, seen } = await timed();
  let fail = (_error: Error) => {};
  process.system.before = ({ name }) => {
    if (name !== "create") return;
    return new Promise((_resolve, reject) => fail = reject);
  };
  store.update(queue(0), 1, true);
  for (let failures = 0; failures < 2; failures++) {
    // All of these ticks ask for the persist that hangs, or for the one after it.
    await ticks(50);
    fail(Object.assign(new Error("EIO: the device has gone"), { code: "EIO" }));
    await ticks(2);
  }
  assert.equal(seen.length, 1, `it is reported ${seen.length} times`);
  process.restore();
  fail(Object.assign(new Error("EIO"), { code: "EIO" }));
  await ticks();
  await store.close();
});

for (const journal of [false, true]) {
  test(
    `C5 P9 a conflict is reported once, and the timer does not read the file again and again: ${journal}`,
    async () => {
      const { process, store, seen, disk } = await timed(journal);
      store.update(queue(0), 1, true);
      await store.persist();
      const other = await new DiskProcess(disk).open();
      other.update(queue(0), 7, true);
      await other.close();
      store.update(queue(0), 9, true);
      await assert.rejects(store.close(), { name: "OffsetConflictError" });
      const calls = process.watch();
      await ticks(30);
      const reads = calls.filter((call) => call === `readFile ${MAIN}`);
      assert.ok(reads.length <= 1, `it is read ${reads.length} times`);
      assert.ok(seen.length <= 1, `it is reported ${seen.length} times`);
    },
  );
}
