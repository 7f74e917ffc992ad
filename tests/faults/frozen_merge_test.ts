/** A merge where this store has frozen a queue: memory keeps it, the file keeps the greater offset. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess } from "./disk_process.ts";
import { inWords } from "./expect_loaded.ts";
import { theirs, WRITERS } from "./other_clients.ts";

for (const journal of [false, true]) {
  test(
    `P9 U7 a merge with a frozen queue lowers nobody's offset in the file: journal ${journal}`,
    async () => {
      const process = new DiskProcess(await diskWith());
      const a = await process.open({ onConflict: "merge", journal });
      a.update(queue(0), 10, true);
      await a.persist();
      const b = await new DiskProcess(process.disk.disk).open({ onConflict: "merge", journal });
      a.updateAndFreeze(queue(0), 5);
      b.update(queue(0), 20, true);
      await b.persist();
      for (let times = 0; times < 2; times++) {
        await a.persist();
        assert.equal(a.peek(queue(0)), 5n);
        assert.equal(await a.read(queue(0), "store"), 20n);
        const { disk } = process.disk;
        assert.equal(inWords((await new DiskProcess(disk).open()).snapshot()), "0:20");
        // Another queue makes the next persist write.
        a.update(queue(0), 6, false);
      }
      await a.close();
      assert.equal(inWords((await new DiskProcess(process.disk.disk).open()).snapshot()), "0:20");
    },
  );
}

test(
  "P9 U7 a merge with another client's file keeps its greater offset of a frozen queue",
  async () => {
    for (const write of Object.values(WRITERS)) {
      const process = new DiskProcess(await diskWith());
      const store = await process.open({ onConflict: "merge" });
      store.updateAndFreeze(queue(0), 2);
      await store.persist();
      await write(process.disk, theirs(5));
      store.update(queue(1), 1, true);
      await store.persist();
      assert.equal(store.peek(queue(0)), 2n);
      const table = (await new DiskProcess(process.disk.disk).open()).snapshot();
      assert.equal(inWords(table), "0:5 1:1 9:7");
    }
  },
);

test("U7 P9 without a foreign change, a frozen queue is written as it is", async () => {
  for (const onConflict of ["throw", "merge"] as const) {
    const process = new DiskProcess(await diskWith());
    const store = await process.open({ onConflict });
    store.update(queue(0), 10, true);
    await store.persist();
    store.updateAndFreeze(queue(0), 5);
    await store.persist();
    const table = (await new DiskProcess(process.disk.disk).open()).snapshot();
    assert.equal(inWords(table), "0:5");
  }
});
