/** What a listener hears of persists that succeed, for metrics. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../../mod.ts";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { DiskProcess } from "../../faults/disk_process.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue, StoreDirectory } from "../../support/store_directory.ts";

const A = queue(0);

for (const [journal, expected] of [[false, "snapshot"], [true, "record"]] as const) {
  test(`P6 each persist that writes is reported, with its bytes, and no other: journal ${journal}`, async () => {
    await using at = await StoreDirectory.make();
    const told: Diagnostic[] = [];
    const faulty = new FaultyFileSystem();
    const store = await at.open({
      journal,
      fileSystem: faulty.fileSystem,
      onDiagnostic: (each) => told.push(each),
    });
    let written = 0;
    for (const [offset, as] of [[1, "snapshot"], [2, expected], [3, expected]] as const) {
      store.update(A, offset, true);
      await store.persist();
      const [persisted, ...more] = told.splice(0);
      assert.ok(persisted.kind === "persisted" && more.length === 0);
      const { path, as: how, bytes, durationMs } = persisted;
      assert.deepEqual([path, how], [at.main, as]);
      assert.equal(written += bytes, store.status().bytesWritten);
      assert.ok(bytes > 0 && Number.isFinite(durationMs) && durationMs >= 0);
    }
    await store.persist();
    faulty.faults = [{ when: ({ name }) => ["create", "write"].includes(name), code: "ENOSPC" }];
    store.update(A, 4, true);
    await assert.rejects(store.persist(), { code: "ENOSPC" });
    assert.deepEqual(told, [], "nothing was written, and a failure is the caller's to hear");
  });
}

test("P6 the clock is asked twice for a persist with a listener, and never without", async () => {
  for (const onDiagnostic of [undefined, () => {}]) {
    // A simulated file system does not ask the clock.
    const store = await new DiskProcess(await diskWith()).open({ journal: true, onDiagnostic });
    const { now } = performance;
    let asked = 0;
    performance.now = () => {
      asked++;
      return now.call(performance);
    };
    try {
      for (const offset of [1, 2, 3]) {
        store.update(A, offset, true);
        await store.persist();
      }
    } finally {
      performance.now = now;
    }
    assert.equal(asked, onDiagnostic === undefined ? 0 : 6);
  }
});
