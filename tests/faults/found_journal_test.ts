/** A journal that a load finds: whether it is a leftover of ours, or another's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, serialize } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DIRECTORY, DiskProcess, JOURNAL, MAIN } from "./disk_process.ts";
import { expectLoaded, inWords } from "./expect_loaded.ts";
import { runTool } from "./run_tool.ts";
import { noting } from "../support/noting.ts";

/** A disk with queue 0 at 100 in main and at 150 in the journal of a process that was killed. */
async function killed(): Promise<SimulatedDisk> {
  const disk = await diskWith();
  const store = await new DiskProcess(disk).open({ journal: true });
  for (const offset of [100, 150]) {
    store.update(queue(0), offset, true);
    await store.persist();
  }
  return disk;
}

/** Lowers queue 0 and closes, but is killed right before the folded journal is removed. */
async function foldWithoutRemoval(disk: SimulatedDisk, offset: number): Promise<void> {
  const process = new DiskProcess(disk);
  const store = await process.open();
  store.update(queue(0), offset, false);
  await new Promise<void>((resolve) => {
    process.system.before = ({ name, path }) => {
      if (name !== "unlink" || path !== JOURNAL) return;
      resolve();
      return new Promise(() => {});
    };
    void store.close();
  });
}

/** The bytes of a file. */
async function read(disk: SimulatedDisk, path: string): Promise<Uint8Array> {
  return (await new SimulatedFileSystem(disk).readFile(path)).bytes;
}

/** Writes a file as anybody might, and makes it durable. */
async function write(disk: SimulatedDisk, path: string, ...parts: Uint8Array[]): Promise<void> {
  const fs = new SimulatedFileSystem(disk);
  const file = await fs.truncate(path);
  let position = 0;
  for (const part of parts) {
    await file.write(part, position);
    position += part.length;
  }
  await file.sync();
  await fs.syncDirectory(DIRECTORY);
}

const names = async (disk: SimulatedDisk) =>
  (await new SimulatedFileSystem(disk).readDirectory(DIRECTORY)).sort();

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("J3 a folded journal that was not removed is skipped without a word", async () => {
  const disk = await killed();
  await foldWithoutRemoval(disk, 120);
  await expectLoaded(disk, tableOf(120));
  await expectLoaded(disk, tableOf(120), "with a journal", { journal: true });
});

test("J3 a folded journal that was not removed is skipped, whatever it holds", async () => {
  const disk = await killed();
  await foldWithoutRemoval(disk, 120);
  const journal = await read(disk, JOURNAL);
  const length = journal.findLastIndex((byte) => byte !== 0) + 1;
  await write(disk, JOURNAL, journal.subarray(0, length), bytesOf("bad\nbad\nbad\n"));
  await expectLoaded(disk, tableOf(120));
});

/** Puts the journal of two folds ago back beside a main that holds something lower. */
async function withOldJournal(): Promise<{ disk: SimulatedDisk; journal: Uint8Array }> {
  const disk = await killed();
  const journal = await read(disk, JOURNAL);
  for (const offsets of [[110, 111], [120, 121]]) {
    const store = await new DiskProcess(disk).open({ journal: true });
    for (const offset of offsets) {
      store.update(queue(0), offset, false);
      await store.persist();
    }
    await store.close();
  }
  await write(disk, JOURNAL, journal);
  return { disk, journal };
}

test("J3 a journal of an earlier generation is not applied, and is reported", async () => {
  const { disk } = await withOldJournal();
  for (const journal of [false, true]) {
    const store = await new DiskProcess(disk).open({ journal });
    assert.equal(inWords(store.snapshot()), "0:121");
    const { kind, faults, journalRecords } = store.loadOutcome;
    assert.deepEqual([kind, journalRecords, faults.length], ["loaded", 0, 1]);
    assert.equal(faults[0].path, JOURNAL);
  }
});

test(
  "J3 a journal of an earlier generation is reported though main holds all that is in it",
  async () => {
    const { disk } = await withOldJournal();
    const old = await read(disk, JOURNAL);
    await new SimulatedFileSystem(disk).unlink(JOURNAL);
    const store = await new DiskProcess(disk).open();
    store.update(queue(0), 500, true);
    await store.close();
    await write(disk, JOURNAL, old);
    const { loadOutcome } = await new DiskProcess(disk).open();
    assert.deepEqual(loadOutcome.faults.map(({ path }) => path), [JOURNAL]);
  },
);

test("J3 L6 a load removes nothing, and a persist of nothing neither", async () => {
  const { disk } = await withOldJournal();
  const before = await names(disk);
  const store = await new DiskProcess(disk).open({ journal: true });
  await store.read(queue(0), "store");
  await store.persist([]);
  assert.deepEqual(await names(disk), before);
});

/** What a process does to the names of files, in short: `rename offset.json`, `syncDirectory g`. */
const nameChanges = (calls: readonly string[]) =>
  calls.filter((call) => /^(?:rename|unlink|syncDirectory) /.test(call))
    .map((call) => call.replaceAll(`${DIRECTORY}/`, ""));

test("J3 a foreign journal is moved aside, durably, before main is replaced", async () => {
  const { disk, journal } = await withOldJournal();
  const seen: Diagnostic[] = [];
  const process = new DiskProcess(disk);
  const store = await process.open({ onDiagnostic: noting(seen) });
  const calls = process.watch();
  store.update(queue(0), 130, true);
  await store.persist();
  const changes = nameChanges(calls);
  const aside = changes.findIndex((call) => /^rename offset\.json\.journal\.corrupt-/.test(call));
  assert.ok(aside >= 0, changes.join());
  const sync = changes.indexOf(`syncDirectory ${DIRECTORY}`, aside);
  const replaced = changes.indexOf("rename offset.json");
  assert.ok(aside < sync && sync < replaced, changes.join());
  const [kept] = seen.filter(({ kind }) => kind === "kept-aside");
  assert.ok(kept?.kind === "kept-aside");
  assert.deepEqual([kept.path, seen.length], [JOURNAL, 1]);
  assert.deepEqual(await read(disk, kept.keptAs), journal);
});

const MAINS: Record<string, string> = {
  "without a number": serialize(tableOf(5)),
  ...Object.fromEntries(
    ["0", "-1", "1.5", '"1"', "null", "9007199254740992", "1e400"].map((number) => [
      `with the number ${number}`,
      serialize(tableOf(5)).replace(/}$/, `,"generation":${number}}`),
    ]),
  ),
};

for (const [what, text] of Object.entries(MAINS)) {
  test(`J3 P8 beside a main ${what} a journal is another's: not applied, reported, kept aside`, async () => {
    const disk = await killed();
    const journal = await read(disk, JOURNAL);
    await write(disk, MAIN, bytesOf(text));
    const store = await new DiskProcess(disk).open();
    assert.equal(inWords(store.snapshot()), "0:5");
    assert.deepEqual(store.loadOutcome.faults.map(({ path }) => path), [JOURNAL]);
    store.update(queue(0), 6, true);
    await store.persist();
    await expectLoadedBeside(disk, journal);
  });
}

/** Expects queue 0 at 6, and the journal under a name that nothing uses. */
async function expectLoadedBeside(disk: SimulatedDisk, journal: Uint8Array): Promise<void> {
  const { loadOutcome, ...store } = await new DiskProcess(disk).open().then((store) => ({
    loadOutcome: store.loadOutcome,
    table: store.snapshot(),
  }));
  assert.equal(inWords(store.table), "0:6");
  assert.deepEqual(loadOutcome.faults, []);
  const kept = (await names(disk)).filter((name) => name.includes(".journal.corrupt-"));
  assert.equal(kept.length, 1);
  assert.deepEqual(await read(disk, `${DIRECTORY}/${kept[0]}`), journal);
}

/** The number of main; `undefined` if it has none. */
async function numberOf(disk: SimulatedDisk): Promise<number | undefined> {
  const text = new TextDecoder().decode(await read(disk, MAIN));
  const match = /"generation":(\d+)/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

test(
  "J3 J1 a journal is begun only on a main with a number; without, a snapshot comes first",
  async () => {
    const disk = await diskWith({ "offset.json": serialize(tableOf(1)) });
    const store = await new DiskProcess(disk).open({ journal: true });
    store.update(queue(0), 2, true);
    await store.persist();
    assert.deepEqual(await names(disk), ["offset.json", "offset.json.bak"]);
    assert.ok(await numberOf(disk) !== undefined);
    store.update(queue(0), 3, true);
    await store.persist();
    assert.ok((await names(disk)).includes("offset.json.journal"));
  },
);

test(
  "J3 a snapshot that folds a journal in has the next number, and every other keeps it",
  async () => {
    const disk = await killed();
    const first = await numberOf(disk);
    assert.ok(first !== undefined && Number.isSafeInteger(first) && first >= 1, String(first));
    for (const options of [{}, { checksum: false }, { journal: true }]) {
      const store = await new DiskProcess(disk).open(options);
      store.update(queue(0), store.peek(queue(0)) + 1n, true);
      await store.persist();
      assert.equal(await numberOf(disk), first + 1, JSON.stringify(options));
      await store.close();
    }
    const set = [
      "set",
      MAIN,
      "--topic",
      "orders",
      "--broker",
      "broker-a",
      "--queue",
      "0",
      "200",
      "--yes",
    ];
    assert.equal((await runTool(new DiskProcess(disk), ...set)).code, 0);
    // The last of the three folded a journal of its own when it closed.
    assert.equal(await numberOf(disk), first + 2, "the operator's tool");
  },
);
