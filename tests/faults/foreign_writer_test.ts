/** Other clients, which write main between two calls of a persist, and beside a journal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic, LocalFileOffsetStore, OffsetTable, OnConflict } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { queue } from "../support/store_directory.ts";
import { DIRECTORY, DiskProcess } from "./disk_process.ts";
import { atEachCall } from "./each_call.ts";
import { inWords } from "./expect_loaded.ts";
import { theirs, WRITERS } from "./other_clients.ts";
import { noting } from "../support/noting.ts";

/** A process whose store has persisted queues 0 and 1 twice, at 1 and at 2. */
async function writer(journal: boolean, onConflict: OnConflict = "throw") {
  const process = new DiskProcess(await diskWith());
  const store = await process.open({ journal, onConflict });
  for (const offset of [1, 2]) {
    for (const id of [0, 1]) store.update(queue(id), offset, true);
    await store.persist();
  }
  return { process, store };
}

/** What the store does next. */
const OPERATIONS: Record<string, (store: LocalFileOffsetStore) => Promise<void>> = {
  "a persist": (store) => store.persist(),
  "a close": (store) => store.close(),
  "a deletion": (store) => store.deleteDurable(queue(1)),
};

async function load(disk: SimulatedDisk, story: string): Promise<OffsetTable> {
  const opening = new DiskProcess(disk).open();
  await assert.doesNotReject(opening, story);
  return (await opening).snapshot();
}

for (const [how, write] of Object.entries(WRITERS)) {
  for (const [what, operate] of Object.entries(OPERATIONS)) {
    for (const onConflict of ["throw", "merge"] as const) {
      const story = `${what}, ${onConflict}, while another client ${how}`;
      test(`P9 a change of another client is not overwritten unseen: ${story}`, async () => {
        for (const journal of [false, true]) {
          await atEachCall(async (moment) => {
            const { process, store } = await writer(journal, onConflict);
            moment.arm(process, () => write(process.disk, theirs(5)));
            store.update(queue(0), 3, true);
            const error = await operate(store).then(() => undefined, (error) => error);
            // After the last call, nobody has written.
            if (moment.call === undefined) return assert.equal(error, undefined);
            const table = await load(process.disk.disk, `${moment}`);
            const told = `${moment}, ${error ?? "acknowledged"}: ${inWords(table)}`;
            if (onConflict === "merge") assert.equal(error, undefined, told);
            // No system call compares and renames: what comes between cannot be noticed.
            if (moment.isBetweenLookAndRename()) return;
            assert.equal(table.get(queue(9)), 7n, told);
            assert.equal(table.get(queue(0)), 5n, told);
          });
        }
      });
    }
  }
}

for (const [how, write] of Object.entries(WRITERS)) {
  test(
    `J3 P8 a merging store keeps nothing of its own journal aside while another client ${how}`,
    async () => {
      const process = new DiskProcess(await diskWith());
      const seen: Diagnostic[] = [];
      const onDiagnostic = noting(seen);
      const store = await process.open({ journal: true, onConflict: "merge", onDiagnostic });
      let offset = 1;
      for (let round = 0; round < 6; round++) {
        for (let persists = 0; persists < 3; persists++) {
          store.update(queue(0), ++offset, true);
          await store.persist();
        }
        await write(process.disk, theirs(1, round));
      }
      await store.close();
      assert.deepEqual(seen.filter(({ kind }) => kind === "kept-aside"), []);
      const names = await process.disk.readDirectory(DIRECTORY);
      assert.deepEqual(names.filter((name) => name.includes(".corrupt-")), []);
      const table = await load(process.disk.disk, how);
      assert.equal(inWords(table), `0:${offset} 9:5`);
    },
  );
}

test("P9 a merging store raises what another client has lowered in the file", async () => {
  for (const write of Object.values(WRITERS)) {
    const { process, store } = await writer(true, "merge");
    await write(process.disk, theirs(1));
    await store.close();
    assert.equal(inWords(await load(process.disk.disk, "")), "0:2 1:2 9:7");
  }
});
