/** The end of a store: nothing is written after it, and a store that has only read ends well. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic, LocalFileOffsetStore, OpenOptions } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess, MAIN } from "./disk_process.ts";
import { atEachCall } from "./each_call.ts";
import { ticks } from "./ticks.ts";
import { changesOf, expectTidy, filesOf } from "./watched_changes.ts";
import { noting } from "../support/noting.ts";

async function persist(store: LocalFileOffsetStore, offset: number): Promise<void> {
  store.update(queue(0), offset, true);
  await store.persist();
}

/** A disk on which a store, which is still open, has persisted queue 0 at 1, 2 and so on. */
async function diskOfWriter(persists: number, options: Partial<OpenOptions> = {}) {
  const disk = await diskWith();
  const store = await new DiskProcess(disk).open(options);
  for (let offset = 1; offset <= persists; offset++) await persist(store, offset);
  return { disk, store };
}

/** The timer ticks before each call of a close; after the close, nothing may change. */
async function tickWhileClosing(options: Partial<OpenOptions>): Promise<void> {
  await atEachCall(async (moment) => {
    const process = new DiskProcess(await diskWith());
    const seen: Diagnostic[] = [];
    const store = await process.open({
      persistEveryMs: 1,
      onDiagnostic: noting(seen),
      ...options,
    });
    await persist(store, 1);
    await persist(store, 2);
    store.update(queue(0), 3, true);
    moment.arm(process, () => ticks());
    await store.close();
    const calls = process.watch();
    await ticks();
    assert.deepEqual(calls.filter((call) => !call.startsWith("pause ")), [], `${moment}`);
    assert.deepEqual(seen, [], `${moment}`);
    await expectTidy(process.disk.disk, `${moment}`);
  });
}

for (const onConflict of ["throw", "merge"] as const) {
  test(
    `C1 after close nothing is done, whenever the timer has ticked: ${onConflict}`,
    async () => {
      await tickWhileClosing({ onConflict });
      await tickWhileClosing({ onConflict, journal: true });
    },
  );
}

test("C1 close waits for a compaction that goes on behind a persist", async () => {
  for (const onConflict of ["throw", "merge"] as const) {
    const process = new DiskProcess(await diskWith());
    const calls = process.watch();
    const store = await process.open({ journal: { compactAtBytes: 0 }, onConflict });
    for (const offset of [1, 2]) await persist(store, offset);
    await store.close();
    calls.splice(0);
    await ticks();
    assert.deepEqual(calls, []);
  }
});

for (const options of [{}, { journal: true }, { onConflict: "merge", journal: true }] as const) {
  test(`C1 close releases every descriptor, after a failure too: ${JSON.stringify(options)}`, async () => {
    await atEachCall(async (moment) => {
      const process = new DiskProcess(await diskWith());
      const store = await process.open(options);
      for (const offset of [1, 2, 3]) await persist(store, offset);
      moment.arm(process, ({ name, path }) => {
        process.fail({
          when: (call) => call.name === name && call.path === path,
          code: "EIO",
          once: true,
        });
      });
      await persist(store, 4).catch(() => {});
      process.restore();
      await store.close();
      assert.equal(process.openFiles, 0, `${moment}`);
    });
  });
}

test(
  "C1 C3 close releases the journal that another process has folded meanwhile",
  async () => {
    const process = new DiskProcess(await diskWith());
    const store = await process.open({ journal: true });
    for (const offset of [1, 2]) await persist(store, offset);
    assert.equal(process.openFiles, 1);
    const other = await new DiskProcess(process.disk.disk).open();
    other.update(queue(0), 3, true);
    await other.close();
    await assert.doesNotReject(store.close());
    assert.equal(process.openFiles, 0);
  },
);

/** What a store does that has nothing to write; another process writes after each step. */
const READERS: Record<string, (store: LocalFileOffsetStore) => Promise<unknown>> = {
  "only opens": async () => {},
  "reads from the store": (store) => store.read(queue(0), "store"),
  "adopts a queue": (store) => store.read(queue(1), "memory-then-store"),
  "has persisted all that it has": async (store) => {
    store.update(queue(0), 10, true);
    await store.persist();
  },
};

for (const [what, act] of Object.entries(READERS)) {
  for (const journal of [false, true]) {
    test(
      `C3 a store that ${what} closes, whatever others wrote: their journal ${journal}`,
      async () => {
        const { disk } = await diskOfWriter(2, { journal });
        const seen: Diagnostic[] = [];
        const reader = await new DiskProcess(disk).open({
          onDiagnostic: noting(seen),
        });
        await act(reader);
        const other = await new DiskProcess(disk).open({ journal, onConflict: "merge" });
        other.update(queue(0), 20, true);
        other.update(queue(1), 20, true);
        await other.persist();
        await reader.read(queue(1), "store");
        const before = await filesOf(disk);
        await assert.doesNotReject(reader.close());
        assert.ok(reader.status().closed);
        assert.deepEqual(seen, []);
        assert.deepEqual(await filesOf(disk), before);
      },
    );
  }
}

/** Disks on which a store finds something to take over, if it has something to write. */
const DISKS: Record<string, () => Promise<SimulatedDisk>> = {
  "a journal": async () => (await diskOfWriter(2, { journal: true })).disk,
  "a backup only": async () => {
    const { disk } = await diskOfWriter(2);
    await new DiskProcess(disk).disk.unlink(MAIN);
    return disk;
  },
  "a bad main": async () => {
    const { disk } = await diskOfWriter(2);
    await new DiskProcess(disk).disk.truncate(MAIN);
    return disk;
  },
};

for (const [what, prepare] of Object.entries(DISKS)) {
  for (const options of [{}, { journal: true }, { onConflict: "merge" }] as const) {
    test(
      `C3 J4 a store that only opens and closes changes nothing: ${what}, ${
        JSON.stringify(options)
      }`,
      async () => {
        const disk = await prepare();
        const before = await filesOf(disk);
        const process = new DiskProcess(disk);
        const calls = process.watch();
        const store = await process.open(options);
        await store.read(queue(0), "store");
        await store.close();
        assert.deepEqual(changesOf(calls), []);
        assert.deepEqual(await filesOf(disk), before);
      },
    );
  }
}

test("C3 J4 a monitor that opens and closes leaves a live writer its journal", async () => {
  const { disk, store } = await diskOfWriter(2, { journal: true });
  const monitor = await new DiskProcess(disk).open();
  assert.equal(await monitor.read(queue(0), "store"), 2n);
  await monitor.close();
  await assert.doesNotReject(persist(store, 3));
  assert.equal((await new DiskProcess(disk).open()).peek(queue(0)), 3n);
});

test("C3 a removal or an update is something to write, and a conflict about it is reported", async () => {
  for (const change of ["update", "remove"] as const) {
    const { disk, store } = await diskOfWriter(2);
    const other = await new DiskProcess(disk).open();
    await persist(other, 7);
    if (change === "update") store.update(queue(0), 9, true);
    else store.remove(queue(0));
    await assert.rejects(store.close(), { name: "OffsetConflictError" }, change);
    assert.ok(!store.status().closed);
    assert.equal((await new DiskProcess(disk).open()).peek(queue(0)), 7n);
  }
});

test("C3 after a close that failed, the store is used and closed again", async () => {
  for (const journal of [false, true]) {
    const process = new DiskProcess(await diskWith());
    const store = await process.open({ journal });
    await persist(store, 1);
    store.update(queue(0), 2, true);
    process.fail({ when: ({ name }) => name === "create", code: "ENOSPC" });
    if (journal) process.fail({ when: ({ name }) => name === "write", code: "ENOSPC" });
    await assert.rejects(store.close(), { code: "ENOSPC", onDisk: "previous" });
    process.restore();
    await persist(store, 3);
    assert.equal(await store.read(queue(0), "store"), 3n);
    await store.close();
    assert.equal((await new DiskProcess(process.disk.disk).open()).peek(queue(0)), 3n);
  }
});
