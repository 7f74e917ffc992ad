/** The life of a lock: its holder shows that it lives, is taken for dead, and notices. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import type { SimulatedDisk } from "../../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { nodeFileSystem } from "../../../mod.ts";
import { LockFile } from "../../../src/file/commit/lock_file.ts";
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import { check } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";

const LOCK = "/root/c/g/lock";

/** The file system of a process, and a clock that only its pauses move on. */
function processOn(
  disk: SimulatedDisk,
  meanwhile: (now: number) => Promise<void> = async () => {},
) {
  let now = 0;
  const real = new SimulatedFileSystem(disk, { timesMs: 2000 });
  const faulty = new FaultyFileSystem(wrap(real, {
    async pause(ms, signal) {
      // The holder's beats go by the real clock.
      if (signal !== undefined) return await nodeFileSystem.pause(ms, signal);
      now += ms;
      await meanwhile(now);
    },
  }));
  return { faulty, real, fileSystem: faulty.fileSystem, now: () => now };
}

const lengthOf = async (fileSystem: FileSystem) => (await fileSystem.stat(LOCK))?.size;

test("P9 a lock is taken for dead five seconds after it last grew, and not before", async () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 8 });
  await check(
    fc.asyncProperty(gaps, async (gaps) => {
      const disk = await diskWith({ other: "" });
      // The times are too coarse to show the growth.
      const holder = await new SimulatedFileSystem(disk, { timesMs: 2000 }).create(LOCK);
      const beats = gaps.map((_, i) => gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0));
      const last = beats.at(-1) ?? 0;
      let beaten = 0;
      const process = processOn(disk, async (now) => {
        for (; beats[beaten] <= now; beaten++) await holder.write(Uint8Array.of(0x2e), beaten);
      });
      const lock = await LockFile.acquire(process.fileSystem, LOCK);
      assert.equal(beaten, beats.length);
      // It looks every 50 ms, so it may see the last growth so much later.
      assert.ok(process.now() >= last + 5000 && process.now() <= last + 5050, `${process.now()}`);
      assert.equal(await lock.isHeld(), true);
      await lock.release();
      assert.equal(await lengthOf(process.real), undefined);
      assert.deepEqual([process.faulty.open, process.faulty.misuses], [[], []]);
    }),
    { numRuns: 40 },
  );
});

test("P9 a holder that was taken for dead notices, and leaves the lock to the other", async () => {
  const disk = await diskWith({ other: "" });
  const [stalled, waiting] = [processOn(disk), processOn(disk)];
  const robbed = await LockFile.acquire(stalled.fileSystem, LOCK);
  assert.equal(await robbed.isHeld(), true);
  const lock = await LockFile.acquire(waiting.fileSystem, LOCK);
  assert.deepEqual([await robbed.isHeld(), await lock.isHeld()], [false, true]);
  await robbed.release();
  assert.equal(await lock.isHeld(), true);
  await lock.release();
  assert.equal(await lengthOf(waiting.real), undefined);
  for (const { faulty } of [stalled, waiting]) {
    assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
  }
});

test("P9 a lock that is new by the time it is caught is put back", async () => {
  const disk = await diskWith({ lock: "dead" });
  const other = new SimulatedFileSystem(disk);
  let newer: LockFile | undefined;
  const { faulty, fileSystem } = processOn(disk, async () => {
    // It works for a while, and gives the lock back.
    if (newer !== undefined && await newer.isHeld()) await newer.release();
  });
  faulty.before = async ({ name }) => {
    if (name !== "rename" || newer !== undefined) return;
    await other.unlink(LOCK);
    newer = await LockFile.acquire(other, LOCK);
  };
  const held: boolean[] = [];
  const { before } = faulty;
  faulty.before = async (call) => {
    if (call.name === "create" && newer !== undefined) held.push(await newer.isHeld());
    await before(call);
  };
  const lock = await LockFile.acquire(fileSystem, LOCK);
  assert.deepEqual(held, [true, false], "while it is held, it is not taken");
  await lock.release();
  assert.deepEqual(await other.readDirectory("/root/c/g"), []);
});

test("P9 a lock grows while it is held, and never once it is given back", async () => {
  const disk = await diskWith({ other: "" });
  const { faulty, real, fileSystem } = processOn(disk);
  const lock = await LockFile.acquire(fileSystem, LOCK);
  for (const length of [1, 2]) {
    while (await lengthOf(real) !== length) await setTimeout(20);
  }
  const { bytes } = await real.readFile(LOCK);
  assert.equal(new TextDecoder().decode(bytes), "..");
  await lock.release();
  faulty.take();
  await setTimeout(1100);
  assert.deepEqual(faulty.take(), []);
  assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
});

test("P9 a lock is not closed under a beat that is still being written", async () => {
  const disk = await diskWith({ other: "" });
  const { faulty, fileSystem } = processOn(disk);
  const lock = await LockFile.acquire(fileSystem, LOCK);
  const slow = Promise.withResolvers<void>();
  const [writes, ended]: [number[], number[]] = [[], []];
  faulty.before = async ({ name }) => {
    if (name !== "write") return;
    const number = writes.push(0);
    // The first write takes longer than all that come after it.
    if (number === 1) await slow.promise;
    ended.push(number);
  };
  while (writes.length === 0) await setTimeout(20);
  await setTimeout(1100);
  const released = lock.release();
  await setTimeout(10);
  assert.deepEqual(faulty.open, [LOCK]);
  slow.resolve();
  await released;
  assert.deepEqual(ended, [...ended].sort(), "one after the other");
  assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
});

test("P9 a beat that fails is no failure, and a lock whose release fails costs a wait", async () => {
  const disk = await diskWith({ other: "" });
  const { faulty, fileSystem } = processOn(disk);
  const lock = await LockFile.acquire(fileSystem, LOCK);
  let beats = 0;
  faulty.before = ({ name }) => void (name === "write" && beats++);
  faulty.faults = ["write", "unlink"].map((name) => (
    { when: (call) => call.name === name, code: "ENOSPC" }
  ));
  while (beats === 0) await setTimeout(20);
  assert.equal(await lock.isHeld(), true);
  await lock.release();
  assert.deepEqual(faulty.open, []);
  const next = processOn(disk);
  await (await LockFile.acquire(next.fileSystem, LOCK)).release();
  assert.equal(next.now(), 5000);
});

test("C3 a wait for the lock ends when the store is abandoned, and leaves the lock", async () => {
  const disk = await diskWith({ lock: "held" });
  const { faulty, fileSystem, now } = processOn(disk);
  const stop = () => {
    if (now() > 100) throw new Error("abandoned");
  };
  await assert.rejects(LockFile.acquire(fileSystem, LOCK, { stop }), /abandoned/);
  assert.ok(now() < 200);
  assert.deepEqual(faulty.open, []);
  assert.equal(await lengthOf(fileSystem), 4);
});
