/** `abandon()`: the end of a store that must not, or cannot, write any more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore, OpenOptions } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess, LOCK, MAIN } from "./disk_process.ts";
import { atEachCall } from "./each_call.ts";
import { ticks } from "./ticks.ts";
import { changesOf, expectTidy, filesOf } from "./watched_changes.ts";

/** Abandons a store. */
function abandon(store: LocalFileOffsetStore): Promise<void> {
  return (store as unknown as { abandon(): Promise<void> }).abandon();
}

/** A store with queues 0 and 1 at 1 and then at 2, and, not persisted, queue 0 at 9. */
async function dirty(options: Partial<OpenOptions>) {
  const process = new DiskProcess(await diskWith());
  const store = await process.open(options);
  assert.ok("abandon" in store, "the store has no abandon()");
  for (const offset of [1, 2]) {
    for (const id of [0, 1]) store.update(queue(id), offset, true);
    await store.persist();
  }
  store.update(queue(0), 9, true);
  return { process, store, disk: process.disk.disk };
}

/** Expects that the store is over. */
async function expectOver(process: DiskProcess, store: LocalFileOffsetStore, story: string) {
  assert.ok(store.status().closed, story);
  assert.equal(process.openFiles, 0, story);
  await expectTidy(process.disk.disk, story);
  assert.throws(() => store.update(queue(0), 1, true), { name: "OffsetStoreClosedError" });
  await assert.rejects(store.persist(), { name: "OffsetStoreClosedError" });
  await abandon(store);
  const calls = process.watch();
  await ticks();
  assert.deepEqual(calls, [], story);
}

const OPERATIONS: Record<string, (store: LocalFileOffsetStore) => Promise<void>> = {
  "a persist": (store) => store.persist(),
  "a close": (store) => store.close(),
  "a deletion": (store) => store.deleteDurable(queue(1)),
};

for (const [what, operate] of Object.entries(OPERATIONS)) {
  for (const onConflict of ["throw", "merge"] as const) {
    for (const journal of [false, true]) {
      const story = `${what}, ${onConflict}, journal ${journal}`;
      test(
        `C3 abandon stops at the next step, and renames nothing after it: ${story}`,
        async () => {
          await atEachCall(async (moment) => {
            const { process, store, disk } = await dirty({
              onConflict,
              journal,
              persistEveryMs: 1,
            });
            const later: string[] = [];
            let abandoning: Promise<void> | undefined;
            moment.arm(process, () => {
              abandoning = abandon(store);
              const { before } = process.system;
              process.system.before = (call) => {
                later.push(`${call.name} ${call.path}`);
                return before(call);
              };
            });
            const error = await operate(store).then(() => undefined, (error) => error);
            if (abandoning === undefined) {
              assert.equal(moment.call, undefined);
              return await abandon(store);
            }
            await abandoning;
            const told = `${moment}: ${error}`;
            assert.deepEqual(later.filter((call) => call === `rename ${MAIN}`), [], told);
            assert.deepEqual(
              later.filter((call) => /^(?:create|write|link) /.test(call)),
              [],
              told,
            );
            const offset = (await new DiskProcess(disk).open()).peek(queue(0));
            if (error === undefined) assert.equal(offset, 9n, told);
            else if (error.onDisk === "previous") assert.equal(offset, 2n, told);
            else assert.equal(error.onDisk, "either", told);
            await expectOver(process, store, told);
          });
        },
      );
    }
  }
}

test("C3 abandon writes nothing that was not persisted", async () => {
  for (const options of [{}, { journal: true }, { onConflict: "merge" }] as const) {
    const { process, store, disk } = await dirty(options);
    const before = await filesOf(disk);
    const calls = process.watch();
    await abandon(store);
    assert.deepEqual(changesOf(calls), []);
    assert.deepEqual(await filesOf(disk), before);
    await expectOver(process, store, "");
  }
});

test("C3 after a conflict, a store that cannot be closed is abandoned", async () => {
  for (const journal of [false, true]) {
    const { process, store, disk } = await dirty({ journal, persistEveryMs: 1, onDiagnostic() {} });
    const other = await new DiskProcess(disk).open();
    other.update(queue(1), 7, true);
    await other.close();
    for (let times = 0; times < 2; times++) {
      await assert.rejects(store.close(), { name: "OffsetConflictError" });
    }
    await abandon(store);
    await expectOver(process, store, "");
    assert.equal((await new DiskProcess(disk).open()).peek(queue(1)), 7n);
  }
});

test("C3 abandon ends the wait for a lock, which stays its holder's", async () => {
  const { process, store, disk } = await dirty({ onConflict: "merge" });
  const lock = await process.disk.create(LOCK);
  let length = 0;
  let waits = 0;
  let abandoning: Promise<void> | undefined;
  process.system.before = async ({ name }) => {
    if (name !== "pause") return;
    // The holder is alive.
    length += await lock.write(new Uint8Array([0x2e]), length);
    if (++waits === 20) abandoning = abandon(store);
  };
  const persisting = store.persist();
  await assert.rejects(persisting, { name: "OffsetPersistError", onDisk: "previous" });
  await abandoning;
  assert.ok((await filesOf(disk))["offset.json.lock"] !== undefined);
  assert.equal((await new DiskProcess(disk).open()).peek(queue(0)), 2n);
  assert.ok(store.status().closed);
});
