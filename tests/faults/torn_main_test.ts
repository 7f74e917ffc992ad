/** Another client tears main in place while a persist is under way, and then everything crashes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore, OnConflict } from "../../mod.ts";
import { powerCuts } from "../../scripts/verify/disk/power_cuts.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { stateKey } from "../../scripts/verify/disk/state_key.ts";
import { byLength } from "../support/length.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess, MAIN } from "./disk_process.ts";
import { atEachCall } from "./each_call.ts";
import { inPlace, theirs } from "./other_clients.ts";

/** How many outcomes of a power cut are looked at, after each call. */
const MAX_CUTS = byLength({ tiny: 2, short: 4, long: Infinity });

/** A store with queues 0 and 1 at 1 in the backup, at 2 in main, and perhaps at 3 in its journal. */
async function writer(journal: boolean, onConflict: OnConflict) {
  const process = new DiskProcess(await diskWith());
  const update = async (store: LocalFileOffsetStore, offset: number) => {
    for (const id of [0, 1]) store.update(queue(id), offset, true);
    await store.persist();
  };
  const first = await process.open();
  await update(first, 1);
  await update(first, 2);
  await first.close();
  const store = await process.open({ journal, onConflict });
  if (journal) {
    // The first of them may have to be a snapshot.
    await update(store, 3);
    await update(store, 4);
  }
  return { process, store };
}

/** Tears main before each call of an operation, and crashes after each of the calls that follow. */
async function tearAtEachCall(
  operate: (store: LocalFileOffsetStore) => Promise<void>,
  journal: boolean,
  onConflict: OnConflict,
): Promise<void> {
  const seen = new Set<string>();
  await atEachCall(async (moment) => {
    const { process, store } = await writer(journal, onConflict);
    const { disk } = process.disk;
    const left: SimulatedDisk[] = [];
    moment.arm(process, async () => {
      await inPlace(MAIN)(process.disk, theirs(5).subarray(0, 20));
      const { before } = process.system;
      process.system.before = (call) => {
        left.push(disk.clone());
        return before(call);
      };
    });
    store.update(queue(0), 9, true);
    await operate(store).catch(() => {});
    for (const each of [...left, disk]) await expectSomething(each, seen, `${moment}`);
  });
}

/** Expects that an acknowledged offset is found after a kill, and after every power cut. */
async function expectSomething(
  disk: SimulatedDisk,
  seen: Set<string>,
  story: string,
): Promise<void> {
  const kill = { disk: disk.clone(), story: () => ["no power cut"] };
  for (const cut of [kill, ...powerCuts(disk, MAX_CUTS)]) {
    const key = stateKey(cut.disk, "");
    if (seen.has(key)) continue;
    seen.add(key);
    const told = `${story}: ${cut.story().join("; ")}`;
    const opening = new DiskProcess(cut.disk).open();
    await assert.doesNotReject(opening, told);
    const found = (await opening).peek(queue(0));
    assert.ok(found >= 1n, `${told}: ${found}`);
  }
}

const CLAIM = "a torn main is never the only generation that is left";

for (const onConflict of ["throw", "merge"] as const) {
  test(`P7 P3 ${CLAIM}: a record of the journal, ${onConflict}`, () =>
    tearAtEachCall((store) => store.persist(), true, onConflict));

  test(
    `P7 P3 ${CLAIM}: a snapshot, ${onConflict}`,
    () => tearAtEachCall((store) => store.persist(), false, onConflict),
  );

  for (const journal of [false, true]) {
    test(
      `P7 P3 ${CLAIM}: close, journal ${journal}, ${onConflict}`,
      () => tearAtEachCall((store) => store.close(), journal, onConflict),
    );

    test(
      `P7 P3 ${CLAIM}: a deletion, journal ${journal}, ${onConflict}`,
      () => tearAtEachCall((store) => store.deleteDurable(queue(1)), journal, onConflict),
    );
  }
}
