import assert from "node:assert/strict";
import type { OffsetTable, OpenOptions } from "../../mod.ts";
import { powerCuts } from "../../scripts/verify/disk/power_cuts.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess } from "./disk_process.ts";

/** A table in a few words, for messages: `0:5 1:7`. */
export function inWords(table: OffsetTable): string {
  return [...table].map(([mq, offset]) => `${mq.queueId}:${offset}`).sort().join(" ");
}

/**
 * Expects that a disk holds just this table, with nothing to complain of; that loading it a second
 * time gives the same; and that a persist after it works and leaves nothing aside. The disk itself
 * stays as it is.
 */
export async function expectLoaded(
  disk: SimulatedDisk,
  expected: OffsetTable,
  story = "",
  options: Partial<OpenOptions> = {},
): Promise<void> {
  const copy = disk.clone();
  const open = async () => {
    const loaded = new DiskProcess(copy).open(options);
    await assert.doesNotReject(loaded, `it does not load: ${story}`);
    return await loaded;
  };
  for (let times = 0; times < 2; times++) {
    const store = await open();
    assert.equal(inWords(store.snapshot()), inWords(expected), `load ${times + 1}: ${story}`);
    assert.deepEqual(store.loadOutcome.faults, [], story);
  }
  const store = await open();
  store.update(queue(9), 9, true);
  await assert.doesNotReject(store.persist(), `the next persist fails: ${story}`);
  assert.equal(inWords((await open()).snapshot()), `${inWords(expected)} 9:9`.trim(), story);
  const names = await new DiskProcess(copy).disk.readDirectory("/root/c/g");
  assert.deepEqual(names.filter((name) => name.includes(".corrupt-")), [], story);
}

/** Expects the same of everything that a power cut may leave now. */
export async function expectLoadedAfterPowerCuts(
  disk: SimulatedDisk,
  expected: OffsetTable,
  options: Partial<OpenOptions> = {},
): Promise<void> {
  let cuts = 0;
  for (const cut of powerCuts(disk)) {
    cuts++;
    await expectLoaded(cut.disk, expected, cut.story().join("; "), options);
  }
  assert.ok(cuts > 0);
}
