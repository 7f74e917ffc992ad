/** A disk that is nearly full: the room that a journal has reserved is there for what would free it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore } from "../../mod.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { MAIN } from "./disk_process.ts";
import { expectLoaded } from "./expect_loaded.ts";
import { runTool } from "./run_tool.ts";
import { SmallDisk } from "./small_disk.ts";

/** As many pages as a tmpfs of 40 KiB; a journal would reserve 64 KiB. */
const TINY = 10;
/** Enough for a journal with its room, and a few pages more. */
const SMALL = 30;

async function persistAll(store: LocalFileOffsetStore): Promise<void> {
  for (const offset of [1, 2, 3, 4]) {
    store.update(queue(0), offset, true);
    store.update(queue(1), offset, true);
    await store.persist();
  }
}

/** A process that has appended to its journal, on a disk of so many pages. */
async function journaled(pages: number) {
  const small = await SmallDisk.make(pages);
  const store = await small.process().open({ journal: true });
  await assert.doesNotReject(persistAll(store));
  return { small, store };
}

const OPERATIONS: Record<string, (store: LocalFileOffsetStore) => Promise<void>> = {
  "close": (store) => {
    store.update(queue(0), 5, true);
    return store.close();
  },
  "a deletion": (store) => {
    store.update(queue(0), 5, true);
    return store.deleteDurable(queue(1));
  },
};

for (const [what, operate] of Object.entries(OPERATIONS)) {
  const expected = what === "close" ? tableOf(5, 4) : tableOf(5);

  test(`J5 on a disk of 40 KiB, ${what} has the room that it needs`, async () => {
    const { small, store } = await journaled(TINY);
    await assert.doesNotReject(operate(store));
    await expectLoaded(small.disk, expected);
  });

  test(
    `J5 on a disk that others have filled, ${what} has the room that the journal reserved`,
    async () => {
      const { small, store } = await journaled(SMALL);
      await small.fill(0);
      await assert.doesNotReject(operate(store));
      await expectLoaded(small.disk, expected);
    },
  );
}

test(
  "J5 on a disk of 40 KiB, the next process has the room to fold the journal of a killed one",
  async () => {
    const { small } = await journaled(TINY);
    const store = await small.process().open();
    store.update(queue(0), 5, true);
    await assert.doesNotReject(store.persist());
    await expectLoaded(small.disk, tableOf(5, 4));
  },
);

test(
  "J5 on a disk of 40 KiB, the operator's tool has the room to fold a journal",
  async () => {
    const { small } = await journaled(TINY);
    const { code, err } = await runTool(small.process(), "compact", MAIN, "--yes");
    assert.equal(code, 0, err);
    await expectLoaded(small.disk, tableOf(4, 4));
  },
);

test("J5 a record needs no more room than it takes", async () => {
  const small = await SmallDisk.make(SMALL);
  const store = await small.process().open({ journal: true });
  store.update(queue(0), 1, true);
  await store.persist();
  // For the journal, and nothing to reserve.
  await small.fill(1);
  for (const offset of [2, 3, 4]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  await expectLoaded(small.disk, tableOf(4));
});

test("P4 J5 on a full disk a persist says so, loses nothing, and goes on when there is room", async () => {
  for (const journal of [false, true]) {
    const small = await SmallDisk.make(SMALL);
    const store = await small.process().open({ journal });
    store.update(queue(0), 1, true);
    await store.persist();
    await small.fill(0);
    store.update(queue(0), 2, true);
    const error = await store.persist().then(() => undefined, (error) => error);
    if (error !== undefined) {
      assert.equal(error.name, "OffsetPersistError");
      await expectLoaded(small.disk, tableOf(1));
    }
    await small.process().disk.unlink("/root/full");
    store.update(queue(0), 3, true);
    await store.persist();
    await expectLoaded(small.disk, tableOf(3));
  }
});
