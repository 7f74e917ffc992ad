/** In which thread a file of the real file system is written and synced. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { isLater } from "../../../src/file/fs/maybe_promise.ts";
import { nodeFileSystem } from "../../../src/file/fs/node_file_system.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const RECORD = new Uint8Array(100);

test("P2 a record's write counts to the time of its sync, and room behind it does not", async () => {
  for (const makesRoom of [false, true]) {
    await using at = await StoreDirectory.make();
    await mkdir(at.directory, { recursive: true });
    const file = await nodeFileSystem.create(at.path("file"));
    const { now } = performance;
    let time = now.call(performance);
    // The clock stands, but for what the test has a call take.
    performance.now = () => time;
    try {
      await file.syncData();
      await setImmediate();
      assert.ok(!isLater(file.write(RECORD, 0)), "the file is synced here by now");
      time += 2;
      if (makesRoom) await file.reserve(RECORD.length, RECORD.length);
      await file.syncData();
      const next = file.syncData();
      assert.equal(isLater(next), !makesRoom, "elsewhere, as the last one was slow, or here");
      await next;
    } finally {
      performance.now = now;
      await file.close();
    }
  }
});
