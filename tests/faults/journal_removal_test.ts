/** What a folded journal held must never come back: not by a power cut, and not without one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore, OpenOptions } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DiskProcess, MAIN } from "./disk_process.ts";
import { expectLoadedAfterPowerCuts } from "./expect_loaded.ts";
import { runTool } from "./run_tool.ts";

/** Sets queues 0, 1, … to these offsets, whatever they were, and persists. */
async function persist(store: LocalFileOffsetStore, ...offsets: number[]): Promise<void> {
  offsets.forEach((offset, id) => store.update(queue(id), offset, false));
  await store.persist();
}

/** A disk with queue 0 at 100 in main and at 150 in the journal of a process that was killed. */
async function killed(): Promise<SimulatedDisk> {
  const disk = await diskWith();
  const store = await new DiskProcess(disk).open({ journal: true });
  await persist(store, 100);
  await persist(store, 150);
  return disk;
}

const VARIANTS: Record<string, Partial<OpenOptions>> = {
  "": { journal: true },
  ", under merge": { journal: true, onConflict: "merge" },
  ", in Java's form without a checksum": { journal: true, format: "java", checksum: false },
};

for (const [variant, options] of Object.entries(VARIANTS)) {
  test(
    `P2 J3 a deletion that was acknowledged survives every power cut${variant}`,
    async () => {
      const disk = await diskWith();
      const store = await new DiskProcess(disk).open(options);
      await persist(store, 1);
      await persist(store, 1, 2);
      await store.deleteDurable(queue(1));
      await expectLoadedAfterPowerCuts(disk, tableOf(1), options);
    },
  );

  test(`P2 J3 a lowering, and close, survives every power cut${variant}`, async () => {
    const disk = await diskWith();
    const store = await new DiskProcess(disk).open(options);
    await persist(store, 100);
    await persist(store, 150);
    store.update(queue(0), 100, false);
    await store.close();
    await expectLoadedAfterPowerCuts(disk, tableOf(100), options);
  });
}

for (const onConflict of ["throw", "merge"] as const) {
  test(`P2 J3 a store without a journal folds one that it found: ${onConflict}`, async () => {
    const disk = await killed();
    const store = await new DiskProcess(disk).open({ onConflict });
    await persist(store, 100);
    await expectLoadedAfterPowerCuts(disk, tableOf(100));
  });
}

const QUEUE = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];
const COMMANDS: Record<string, readonly string[]> = {
  "delete": ["delete", MAIN, "--topic", "orders", "--yes"],
  "set, to a lower offset": ["set", MAIN, ...QUEUE, "100", "--force", "--yes"],
  "reset, to a lower offset": [
    "reset",
    MAIN,
    "--topic",
    "orders",
    "--to-offset",
    "100",
    "--force",
    "--yes",
  ],
};

test("the commands that the tests run are right", async () => {
  for (const [name, args] of Object.entries(COMMANDS)) {
    const { code, out, err } = await runTool(new DiskProcess(await killed()), ...args);
    assert.equal(code, 0, `${name}: ${out}${err}`);
  }
});

for (const [name, args] of Object.entries(COMMANDS)) {
  test(
    `P2 J3 a change by the operator's tool survives every power cut: ${name}`,
    async () => {
      const disk = await killed();
      assert.equal((await runTool(new DiskProcess(disk), ...args)).code, 0);
      const expected = name === "delete" ? tableOf() : tableOf(100);
      await expectLoadedAfterPowerCuts(disk, expected);
    },
  );
}
