import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { crc32 } from "../../../src/core/format/crc32.ts";
import { pacedCrc32 } from "../../../src/file/fs/paced_crc32.ts";

test("P1 the checksum of many bytes is that of all of them, and others have their turn meanwhile", async () => {
  const most = 2.5 * 512 * 1024;
  const bytes = Uint8Array.from({ length: most }, (_, i) => i * 7 + (i >> 8));
  for (const length of [0, 1, 512 * 1024, 512 * 1024 + 1, most]) {
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns++;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    assert.equal(await pacedCrc32(bytes.subarray(0, length)), crc32(bytes.subarray(0, length)));
    isDone = true;
    assert.ok(turns >= Math.floor(length / (512 * 1024)), `${turns} turns for ${length} bytes`);
  }
});
