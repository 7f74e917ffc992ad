/** A new file of the real file system: every call reaches it, in this thread or in another one. */
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { isSameFile, isYoung } from "../../../src/file/fs/file_info.ts";
import type { WritableFile } from "../../../src/file/fs/file_system.ts";
import { nodeFileSystem } from "../../../src/file/fs/node_file_system.ts";
import { pagesOf } from "../../../src/file/fs/node_writable_file.ts";
import { statNow } from "../../../src/file/fs/node_stat.ts";
import { writeAll } from "../../../src/file/fs/write_file.ts";
import { check } from "../../support/check.ts";
import { withClockThatTakes } from "../../support/stopped_clock.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/** Runs something with a new file, in a directory of its own. */
async function withFile(act: (file: WritableFile, path: string) => Promise<void>): Promise<void> {
  await using at = await StoreDirectory.make({ other: "" });
  const path = at.path("file");
  const file = await nodeFileSystem.create(path);
  await act(file, path);
  // A test may have closed it.
  await file.close().catch(() => {});
}

const bytesOf = async (path: string) => new Uint8Array(await readFile(path));

test("P4 every call of a new file reaches the system", async () => {
  await withFile(async (file, path) => {
    const { uid, gid, size } = await file.stat();
    assert.equal(size, 0);
    const text = new TextEncoder().encode("text");
    assert.equal(await file.write(text, 0), 4);
    assert.equal(await file.write(new Uint8Array(200_000), 4), 200_000);
    assert.equal(await file.write(text.subarray(2), 4), 2);
    await file.reserve(200_004, 100_000);
    await file.reserve(300_004, 200_000);
    await file.chmod(0o640);
    await file.chown(uid, gid);
    await file.sync();
    await file.syncData();
    assert.deepEqual(await file.stat(), statNow(path));
    await file.close();
    assert.equal(await readFile(path, "utf8"), "textxt" + "\0".repeat(499_998));
    assert.equal((await stat(path)).mode & 0o777, 0o640);
    // A call that shows nothing when it succeeds must fail once the file is closed.
    const calls = [() => file.chown(uid, gid), file.sync, file.syncData, () => file.truncate(0)];
    for (const call of calls) await assert.rejects(call(), { code: "EBADF" });
  });
});

test("J5 a file is cut to a length, and the bytes before it stay", async () => {
  await withFile(async (file, path) => {
    await file.write(Uint8Array.of(1, 2, 3, 4, 5), 0);
    await file.truncate(3);
    assert.deepEqual(await bytesOf(path), Uint8Array.of(1, 2, 3));
    await file.write(Uint8Array.of(6), 3);
    assert.deepEqual(await bytesOf(path), Uint8Array.of(1, 2, 3, 6));
    await file.truncate(0);
    assert.deepEqual(await bytesOf(path), new Uint8Array(0));
  });
});

test("P9 after a file is backdated, a write in place of as many bytes shows", async () => {
  for (let n = 0; n < 5; n++) {
    await withFile(async (file, path) => {
      await file.write(Uint8Array.of(1), 0);
      const since = nodeFileSystem.now();
      await file.backdate();
      const before = await file.stat();
      assert.ok(!isYoung(before, since));
      assert.ok(before.mtimeMs < since, "it is in the past");
      await file.write(Uint8Array.of(2), 0);
      const after = statNow(path);
      assert.equal(after!.size, before.size);
      assert.ok(!isSameFile(before, after));
    });
  }
});

test("P9 a time that is read back as a whole second is set further back", async () => {
  await withFile(async (file) => {
    const { now } = Date;
    // Twice the fine tick and half a millisecond later, the time to be set is on a whole second.
    const whole = Math.floor(now() / 1000) * 1000;
    try {
      Date.now = () => whole + 39.5;
      await file.backdate();
      const { mtimeMs } = await file.stat();
      assert.ok(Math.abs(mtimeMs - (whole + 39.5 - 4040)) <= 1, `${whole - mtimeMs} ms`);
    } finally {
      Date.now = now;
    }
  });
});

test("J1 room is made page by page: all of it, and nothing else", () => {
  assert.deepEqual([...pagesOf(4000, 5000)], [[4000, 4096], [4096, 8192], [8192, 9000]]);
  assert.deepEqual([...pagesOf(4096, 4096)], [[4096, 8192]]);
  assert.deepEqual([...pagesOf(5000, 10)], [[5000, 5010]]);
  assert.deepEqual([...pagesOf(4095, 2)], [[4095, 4096], [4096, 4097]]);
  assert.deepEqual([...pagesOf(7, 0)], []);
  check(fc.property(fc.nat(20_000), fc.nat(20_000), (position, length) => {
    let end = position;
    for (const [start, next] of pagesOf(position, length)) {
      assert.equal(start, end, "the parts leave no gap");
      assert.ok(next > start && Math.floor(start / 4096) === Math.floor((next - 1) / 4096));
      end = next;
    }
    assert.equal(end, position + length);
  }));
});

test("J1 room is written: a hole would have no blocks", async () => {
  await withFile(async (file, path) => {
    // Zeros look like a hole, so they are written over other bytes.
    await file.write(new Uint8Array(20_000).fill(1), 0);
    await file.reserve(3, 15_000);
    const expected = new Uint8Array(20_000).fill(1).fill(0, 3, 15_003);
    assert.deepEqual(await bytesOf(path), expected);
  });
});

test("P4 megabytes are accepted in pieces, so that none holds the event loop", async () => {
  const [bytes, piece] = [new Uint8Array(12_000_000).map((_, i) => i % 251), 4 * 2 ** 20];
  await withFile(async (file, path) => {
    assert.equal(await file.write(bytes, 0), piece);
    assert.equal(await file.write(bytes.subarray(piece), piece), piece);
    assert.deepEqual(await bytesOf(path), bytes.subarray(0, 2 * piece));
    await writeAll(file, bytes, 0);
    assert.deepEqual(await bytesOf(path), bytes);
  });
});

test("P2 a sync that fails is an error, in this thread and in another one", async () => {
  for (const ms of [0, 5]) {
    await withClockThatTakes(ms, () =>
      withFile(async (file) => {
        await file.sync();
        await file.syncData();
        await file.close();
        for (const call of [file.sync, file.syncData]) {
          await assert.rejects(call(), { code: "EBADF" });
        }
      }));
  }
});

test("P2 each sync of a file's data reaches the system, from the first one on", async () => {
  for (let syncs = 0; syncs < 3; syncs++) {
    await withFile(async (file) => {
      for (let n = 0; n < syncs; n++) await file.syncData();
      await file.close();
      await assert.rejects(file.syncData(), { code: "EBADF" });
    });
  }
});

/** Whether a call is done before the event loop turns, so that no other thread has made it. */
async function isMadeHere(call: Promise<unknown>): Promise<boolean> {
  let isDone = false;
  const done = call.then(() => isDone = true);
  for (let n = 0; n < 20; n++) await undefined;
  const answer = isDone;
  await done;
  return answer;
}

test("P1 short writes and syncs are made in this thread while they are fast", async () => {
  await withClockThatTakes(0, () =>
    withFile(async (file) => {
      // The first call of a kind may be slow, so it is made elsewhere.
      await file.write(new Uint8Array(1), 0);
      await file.sync();
      await file.syncData();
      assert.ok(await isMadeHere(file.write(new Uint8Array(128 * 1024), 1)));
      assert.ok(await isMadeHere(file.sync()));
      assert.ok(await isMadeHere(file.syncData()));
    }));
});

test("P1 long writes, and the sync of a file that has them, are made in another thread", async () => {
  await withClockThatTakes(0, () =>
    withFile(async (file) => {
      await file.write(new Uint8Array(1), 0);
      await file.sync();
      assert.ok(!await isMadeHere(file.write(new Uint8Array(128 * 1024 + 1), 0)));
      assert.ok(!await isMadeHere(file.sync()));
      assert.ok(await isMadeHere(file.write(new Uint8Array(1), 0)), "a short one is made here");
      assert.ok(!await isMadeHere(file.sync()));
    }));
});

test("P1 writes, syncs and data syncs move to another thread each for itself", async () => {
  await withFile(async (file) => {
    const calls = {
      write: () => file.write(new Uint8Array(1), 0),
      sync: () => file.sync(),
      syncData: () => file.syncData(),
    };
    const { now } = performance;
    let [time, step] = [now.call(performance), 0];
    performance.now = () => time += step;
    try {
      const madeHereAfter = async (slow: keyof typeof calls) => {
        for (const call of Object.values(calls)) await call();
        step = 2;
        await calls[slow]();
        step = 0;
        // The slow call has used up its turn of the event loop.
        await setImmediate();
        const madeHere: string[] = [];
        for (const [name, call] of Object.entries(calls)) {
          if (await isMadeHere(call())) madeHere.push(name);
        }
        return madeHere;
      };
      for (const slow of Object.keys(calls) as (keyof typeof calls)[]) {
        const others = Object.keys(calls).filter((name) => name !== slow);
        let madeHere = await madeHereAfter(slow);
        // Another thread may answer before this one looks: that is rare, so a few attempts show it.
        for (let more = 5; madeHere.includes(slow) && more > 0; more--) {
          madeHere = await madeHereAfter(slow);
        }
        assert.deepEqual(madeHere, others, `after a slow ${slow}`);
      }
    } finally {
      performance.now = now;
    }
  });
});
