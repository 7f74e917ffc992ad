/** What of a damaged journal is a torn write, and what is corruption. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Durability, OpenOptions } from "../../mod.ts";
import { powerCuts } from "../../scripts/verify/disk/power_cuts.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { queue } from "../support/store_directory.ts";
import { DiskProcess, JOURNAL, MAIN } from "./disk_process.ts";
import { runTool } from "./run_tool.ts";

const NEWLINE = 0x0a;
const RECORDS = 5;

/** Queue 0 at 1 in main, and at 2, 3, … in the records of the journal of a process that was killed. */
async function killed(durability: Durability = "full"): Promise<SimulatedDisk> {
  const disk = await diskWith();
  const store = await new DiskProcess(disk).open({ journal: true, durability });
  for (let offset = 1; offset <= 1 + RECORDS; offset++) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  return disk;
}

/** Flips a bit of every byte of these records, but not the ends of the lines. */
async function damage(disk: SimulatedDisk, records: readonly number[]): Promise<void> {
  const fs = new SimulatedFileSystem(disk);
  const bytes = Uint8Array.from((await fs.readFile(JOURNAL)).bytes);
  let line = 0;
  bytes.forEach((byte, at) => {
    if (byte === NEWLINE) line++;
    else if (byte !== 0 && records.includes(line)) bytes[at] ^= 1;
  });
  await (await fs.truncate(JOURNAL)).write(bytes, 0);
}

const open = (disk: SimulatedDisk, options: Partial<OpenOptions> = {}) =>
  new DiskProcess(disk).open(options);

test("J2 one bad record at the end is a torn write: it is cut and told", async () => {
  const disk = await killed();
  await damage(disk, [RECORDS]);
  const store = await open(disk);
  assert.equal(store.peek(queue(0)), BigInt(RECORDS));
  assert.deepEqual(store.loadOutcome.faults.map(({ path }) => path), [JOURNAL]);
});

for (const records of [[4, 5], [2, 3, 4, 5]]) {
  test(
    `J2 L4 more than one bad record at the end is corruption: ${records.length}`,
    async () => {
      for (const options of [{}, { journal: true }, { onConflict: "merge" }] as const) {
        const disk = await killed();
        await damage(disk, records);
        const before = (await new SimulatedFileSystem(disk).readFile(JOURNAL)).bytes;
        await assert.rejects(open(disk, options), { name: "OffsetFileCorruptError" });
        const { bytes } = await new SimulatedFileSystem(disk).readFile(JOURNAL);
        assert.deepEqual(bytes, before, "nothing is changed");
      }
    },
  );

  test(
    `J2 the operator's tool calls ${records.length} bad records at the end corruption`,
    async () => {
      const disk = await killed();
      await damage(disk, records);
      assert.equal((await runTool(new DiskProcess(disk), "verify", MAIN)).code, 1);
      assert.equal((await runTool(new DiskProcess(disk), "show", MAIN)).code, 3);
    },
  );
}

test("J2 L4 with reset, a journal with bad records is kept under another name", async () => {
  const disk = await killed();
  await damage(disk, [4, 5]);
  const { loadOutcome } = await open(disk, { onCorrupt: "reset" });
  assert.equal(loadOutcome.keptAside.length, 1);
  assert.ok(loadOutcome.keptAside[0].startsWith(`${JOURNAL}.corrupt-`));
});

test("J2 L4 a bad record before a good one is corruption, also with relaxed durability", async () => {
  for (const durability of ["full", "relaxed"] as const) {
    const disk = await killed();
    await damage(disk, [2]);
    await assert.rejects(open(disk, { durability }), { name: "OffsetFileCorruptError" });
  }
});

/** Expects that the records before the first bad one are read, and that the rest is reported. */
async function expectFallback(records: readonly number[], durability: Durability): Promise<void> {
  const disk = await killed("relaxed");
  await damage(disk, records);
  const opening = open(disk, { durability });
  await assert.doesNotReject(opening);
  const store = await opening;
  assert.equal(store.peek(queue(0)), BigInt(records[0]));
  assert.deepEqual(store.loadOutcome.faults.map(({ path }) => path), [JOURNAL]);
}

/** The first line of a journal; `undefined` if there is none. */
async function firstLine(disk: SimulatedDisk): Promise<string | undefined> {
  const file = await new SimulatedFileSystem(disk).readFile(JOURNAL).catch(() => undefined);
  return file && new TextDecoder().decode(file.bytes).split("\n")[0];
}

for (const durability of ["full", "relaxed"] as const) {
  for (const records of [[2], [2, 4]]) {
    const which = records.join(" and ");
    test(
      `J2 a relaxed journal falls back, and says so: bad ${which}, opened ${durability}`,
      () => expectFallback(records, durability),
    );
  }

  test(`J2 a relaxed journal falls back from bad records at its end, opened ${durability}`, () =>
    expectFallback([4, 5], durability));

  test(
    `J2 no power cut makes a relaxed journal unloadable, opened ${durability}`,
    async () => {
      const disk = await diskWith();
      // With a number, so that the journal is the first thing that is not synced.
      const first = await open(disk, { journal: true });
      first.update(queue(0), 1, true);
      await first.close();
      const store = await open(disk, { journal: true, durability: "relaxed" });
      for (const offset of [2, 3]) {
        store.update(queue(0), offset, true);
        await store.persist();
      }
      const line = await firstLine(disk);
      const found = new Set<bigint>();
      for (const cut of powerCuts(disk)) {
        const hasLine = [line, undefined].includes(await firstLine(cut.disk));
        const opening = open(cut.disk, { durability });
        // Without the first line, only the one who opens can say that nothing was synced.
        if (!hasLine && durability === "full") {
          await opening.catch((error) => assert.equal(error.name, "OffsetFileCorruptError"));
          continue;
        }
        await assert.doesNotReject(opening, cut.story().join("; "));
        found.add((await opening).peek(queue(0)));
      }
      assert.deepEqual([...found].sort(), [1n, 2n, 3n]);
    },
  );
}
