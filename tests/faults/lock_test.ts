/** The lock of merging stores: its size shows that its holder lives. All time here is virtual. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OpenOptions } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess, LOCK } from "./disk_process.ts";
import { inWords } from "./expect_loaded.ts";
import { VirtualClock } from "./virtual_clock.ts";
import { expectTidy } from "./watched_changes.ts";

/** A lock that has not grown for so long is a dead one's. */
const STALE_MS = 5000;

/** A process that merges, and whose time is virtual; each fsync of a file takes it so long. */
async function merging(
  clock: VirtualClock,
  disk: SimulatedDisk,
  { slowMs = 0, ...options }: Partial<OpenOptions> & { readonly slowMs?: number } = {},
) {
  const process = new DiskProcess(disk, { pause: clock.pause });
  const store = await process.open({ onConflict: "merge", ...options });
  process.system.before = ({ name }) => {
    if (slowMs > 0 && /^sync(?:Data)?$/.test(name)) return clock.pause(slowMs);
  };
  return { process, store };
}

/** Writes a byte to the end of the lock each second, so often. */
async function beat(clock: VirtualClock, process: DiskProcess, beats: number): Promise<void> {
  const lock = await process.disk.create(LOCK);
  for (let length = 0; length < beats; length++) {
    await clock.pause(1000);
    await lock.write(new Uint8Array([0x2e]), length);
  }
}

for (const journal of [false, true]) {
  for (const slowMs of [6000, 30_000]) {
    test(
      `P9 P4 a holder that is slow is not robbed: ${slowMs} ms for a sync, journal ${journal}`,
      async () => {
        const clock = new VirtualClock();
        const disk = await diskWith();
        const stores = [
          (await merging(clock, disk, { slowMs, journal })).store,
          (await merging(clock, disk, { slowMs, journal })).store,
        ];
        const persistAll = stores.map(async (store, id) => {
          for (let offset = 1; offset <= 3; offset++) {
            store.update(queue(id), offset, true);
            await store.persist();
          }
        });
        await assert.doesNotReject(clock.until(Promise.all(persistAll)));
        await clock.until(Promise.all(stores.map((store) => store.close())));
        assert.equal(inWords((await new DiskProcess(disk).open()).snapshot()), "0:3 1:3");
        await expectTidy(disk, "");
      },
    );
  }
}

test("P9 while a lock is held, it grows each second", async () => {
  const clock = new VirtualClock();
  const { process, store } = await merging(clock, await diskWith(), { slowMs: 20_000 });
  store.update(queue(0), 1, true);
  const persisting = store.persist();
  const sizes: number[] = [];
  for (let second = 0; second < 15; second++) {
    await clock.pass(1000);
    sizes.push((await process.disk.stat(LOCK))?.size ?? -1);
  }
  await clock.until(persisting);
  assert.ok(!sizes.includes(-1), "the lock is not held");
  // A beat may come right before or right after a look.
  for (let second = 2; second < sizes.length; second++) {
    assert.ok(sizes[second] > sizes[second - 2], `${sizes}`);
  }
  assert.ok(sizes[14] <= sizes[0] + 15, `${sizes}`);
});

test("P9 once a lock is given back, it does not come again, and grows no more", async () => {
  for (const slowMs of [0, 2500]) {
    const clock = new VirtualClock();
    const { process, store } = await merging(clock, await diskWith(), { slowMs });
    store.update(queue(0), 1, true);
    await clock.until(store.persist());
    assert.equal(await process.disk.stat(LOCK), undefined);
    const calls = process.watch();
    await clock.pass(10_000);
    assert.deepEqual(calls.filter((call) => !call.startsWith("pause ")), []);
  }
});

test("P9 a lock that grows is its holder's, however long", async () => {
  const clock = new VirtualClock();
  const { process, store, disk } = await (async () => {
    const disk = await diskWith();
    const first = await new DiskProcess(disk).open();
    first.update(queue(0), 1, true);
    await first.close();
    return { disk, ...await merging(clock, disk) };
  })();
  const beating = beat(clock, process, 60).then(() => process.disk.unlink(LOCK));
  store.update(queue(0), 2, true);
  const persisting = store.persist().then(() => clock.now);
  await clock.until(beating);
  assert.ok(await clock.until(persisting) >= 60_000);
  assert.equal(inWords((await new DiskProcess(disk).open()).snapshot()), "0:2");
});

for (const beats of [0, 7]) {
  test(`P9 a lock that has not grown for five seconds is a dead one's: after ${beats} beats`, async () => {
    const clock = new VirtualClock();
    const disk = await diskWith();
    const first = await new DiskProcess(disk).open();
    first.update(queue(0), 1, true);
    await first.close();
    const { process, store } = await merging(clock, disk);
    const beating = beat(clock, process, beats).then(() => clock.now);
    store.update(queue(0), 2, true);
    const persisting = store.persist().then(() => clock.now);
    const diedAt = await clock.until(beating);
    const tookAt = await clock.until(persisting);
    assert.ok(tookAt >= diedAt + STALE_MS, `it died at ${diedAt}, and was taken at ${tookAt}`);
    assert.ok(tookAt <= diedAt + 2 * STALE_MS, `it died at ${diedAt}, and was taken at ${tookAt}`);
    assert.equal(inWords((await new DiskProcess(disk).open()).snapshot()), "0:2");
    await expectTidy(disk, "");
  });
}
