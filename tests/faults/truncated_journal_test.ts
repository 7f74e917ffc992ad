/** An open journal that somebody cuts in place, as `logrotate` with `copytruncate` does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore, OnConflict } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DiskProcess, JOURNAL, MAIN } from "./disk_process.ts";
import { expectLoaded } from "./expect_loaded.ts";

/** Room is made for so many bytes at a time, as long as the journal may be longer. */
const ROOM = 64 * 1024;
/** The shortest record of one queue. */
const RECORD = 80;

async function persist(store: LocalFileOffsetStore, offset: number): Promise<Error | undefined> {
  store.update(queue(0), offset, true);
  return await store.persist().then(() => undefined, (error) => error);
}

const CUTS: Record<string, (process: DiskProcess) => Promise<void>> = {
  "cut to nothing": async ({ disk }) => void await disk.truncate(JOURNAL),
  "cut, and restored from an older copy": async ({ disk }) => {
    const { bytes } = await disk.readFile(JOURNAL);
    await (await disk.truncate(JOURNAL)).write(bytes.slice(0, 160), 0);
  },
};

for (const onConflict of ["throw", "merge"] as const) {
  for (const [what, cut] of Object.entries(CUTS)) {
    test(
      `P9 J1 an open journal that is ${what} is noticed, and nothing stays lost: ${onConflict}`,
      async () => {
        const process = new DiskProcess(await diskWith());
        const store = await process.open({ journal: { compactAtBytes: 1e7 }, onConflict });
        let offset = 0;
        for (; offset < 5; offset++) assert.equal(await persist(store, offset + 1), undefined);
        await cut(process);
        // When room is next made, at the latest; a merge may start again and succeed.
        let error: Error | undefined;
        for (let persists = 0; error === undefined && persists <= ROOM / RECORD; persists++) {
          error = await persist(store, ++offset);
        }
        if (error !== undefined || onConflict === "throw") {
          assert.equal((error as { onDisk?: string } | undefined)?.onDisk, "either", String(error));
        }
        // From memory, all that was acknowledged becomes durable again.
        assert.equal(await persist(store, ++offset), undefined);
        await expectLoaded(process.disk.disk, tableOf(offset));
        assert.equal(await persist(store, ++offset), undefined);
        await store.close();
        await expectLoaded(process.disk.disk, tableOf(offset));
      },
    );
  }
}

/** A file is removed under a store with a journal; what its next persist answers. */
async function persistWithout(path: string, onConflict: OnConflict) {
  const process = new DiskProcess(await diskWith());
  const store = await process.open({ journal: true, onConflict });
  for (const offset of [1, 2, 3]) await persist(store, offset);
  await process.disk.unlink(path);
  return { disk: process.disk.disk, error: await persist(store, 4) };
}

test("P9 a journal or a main that is removed under its writer is noticed by the next persist", async () => {
  for (const path of [JOURNAL, MAIN]) {
    const { error } = await persistWithout(path, "throw");
    assert.match(String(error?.name), /^Offset(?:Conflict|Persist)Error$/, path);
  }
});

test("P9 a merge writes what the removed journal held", async () => {
  const { disk, error } = await persistWithout(JOURNAL, "merge");
  assert.equal(error, undefined);
  await expectLoaded(disk, tableOf(4));
});

test(
  "P9 J3 a merge whose main was removed keeps nothing of its own journal aside",
  async () => {
    const { disk, error } = await persistWithout(MAIN, "merge");
    assert.equal(error, undefined);
    await expectLoaded(disk, tableOf(4));
  },
);
