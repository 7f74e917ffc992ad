/** A folded journal that cannot be removed, or whose removal is cut short. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, serialize } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { headerOf } from "../support/journal_lines.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DIRECTORY, DiskProcess, JOURNAL, MAIN } from "./disk_process.ts";
import { atEachCall } from "./each_call.ts";
import { expectLoaded, expectLoadedAfterPowerCuts, inWords } from "./expect_loaded.ts";
import { runTool } from "./run_tool.ts";
import { noting } from "../support/noting.ts";

/** A store with a journal: queue 0 at 1 in main, queue 1 at 2 in the journal. */
async function journaled(seen: Diagnostic[] = []) {
  const disk = await diskWith();
  const process = new DiskProcess(disk);
  const store = await process.open({ journal: true, onDiagnostic: noting(seen) });
  for (const [id, offset] of [[0, 1], [1, 2]]) {
    store.update(queue(id), offset, true);
    await store.persist();
  }
  return { disk, process, store };
}

const isRemoval = ({ name, path }: { name: string; path: string }) =>
  name === "unlink" && path === JOURNAL;

for (const code of ["EBUSY", "EPERM", "EACCES", "EIO"]) {
  test(
    `P2 J3 a deletion that is acknowledged stays, though the journal does too: ${code}`,
    async () => {
      const { disk, process, store } = await journaled();
      process.fail({ when: isRemoval, code });
      const error = await store.deleteDurable(queue(1)).then(() => undefined, (error) => error);
      const loaded = (await new DiskProcess(disk).open()).snapshot();
      if (error !== undefined) assert.equal(error.onDisk, "either");
      else assert.equal(inWords(loaded), inWords(tableOf(1)));
    },
  );
}

for (const journal of [false, true]) {
  test(
    `P2 J3 a lowering beside a found journal that cannot be removed is acknowledged only if it stays: journal ${journal}`,
    async () => {
      const { disk, process: dead } = await journaled();
      dead.kill();
      // The store that finds it goes back to the very table that the journal extends.
      const process = new DiskProcess(disk);
      const store = await process.open({ journal });
      assert.equal(store.loadOutcome.journalRecords, 1);
      process.fail({ when: isRemoval, code: "EBUSY" });
      const error = await store.deleteDurable(queue(1)).then(() => undefined, (error) => error);
      const loaded = (await new DiskProcess(disk).open()).snapshot();
      if (error !== undefined) assert.equal(error.onDisk, "either");
      else assert.equal(inWords(loaded), inWords(tableOf(1)));
    },
  );
}

test("P4 J3 a bad journal that cannot be moved aside fails a persist before main is replaced", async () => {
  const disk = await diskWith({ "offset.json": serialize(tableOf(1)) });
  const process = new DiskProcess(disk);
  const store = await process.open({ onConflict: "merge" });
  // Somebody else leaves a main and a journal that nobody can read.
  await (await process.disk.truncate(MAIN)).write(new TextEncoder().encode("bad"), 0);
  const text = `garbage\n${headerOf({ length: 5, crc32: 7 })}`;
  await (await process.disk.create(JOURNAL)).write(new TextEncoder().encode(text), 0);
  process.fail({
    when: ({ name, path }) => name === "rename" && path.startsWith(`${JOURNAL}.corrupt-`),
    code: "EACCES",
  });
  store.update(queue(0), 2, true);
  await assert.rejects(store.persist(), {
    name: "OffsetPersistError",
    onDisk: "previous",
    code: "EACCES",
  });
  assert.equal(new TextDecoder().decode((await process.disk.readFile(MAIN)).bytes), "bad");
});

// What a scanner or a sticky directory answers; after EIO the disk may be anything.
for (const code of ["EBUSY", "EPERM", "EACCES"]) {
  test(
    `J3 a journal that cannot be removed is reported once, and persists write snapshots: ${code}`,
    async () => {
      const seen: Diagnostic[] = [];
      const { disk, process, store } = await journaled(seen);
      process.fail({ when: isRemoval, code });
      await assert.doesNotReject(store.deleteDurable(queue(1)));
      for (const offset of [3, 4, 5]) {
        store.update(queue(0), offset, true);
        await assert.doesNotReject(store.persist());
        await expectLoadedAfterPowerCuts(disk, tableOf(offset));
      }
      assert.equal(seen.length, 1, JSON.stringify(seen));
      assert.equal(seen[0].kind, "cleanup-failed");
      // As soon as it can be removed, it is, and another one is begun.
      process.restore();
      for (const offset of [6, 7, 8]) {
        store.update(queue(0), offset, true);
        await store.persist();
      }
      const names = await process.disk.readDirectory(DIRECTORY);
      assert.deepEqual(names.sort(), ["offset.json", "offset.json.bak", "offset.json.journal"]);
      await expectLoaded(disk, tableOf(8));
      assert.equal(seen.length, 1);
    },
  );
}

test("J3 the removal of a folded journal is synced before the acknowledgement", async () => {
  for (const act of ["delete", "close", "found"] as const) {
    const { disk, process, store } = await journaled();
    const other = new DiskProcess(disk);
    const calls = (act === "found" ? other : process).watch();
    if (act === "delete") await store.deleteDurable(queue(1));
    if (act === "close") {
      store.update(queue(0), 3, true);
      await store.close();
    }
    if (act === "found") {
      const found = await other.open();
      found.update(queue(0), 3, true);
      await found.persist();
    }
    const removal = calls.lastIndexOf(`unlink ${JOURNAL}`);
    assert.ok(removal >= 0, act);
    assert.ok(calls.indexOf(`syncDirectory ${DIRECTORY}`, removal) > removal, act);
  }
});

test("J3 the operator's tool syncs the removal of a folded journal", async () => {
  for (const args of [["delete", MAIN, "--topic", "orders", "--yes"], ["compact", MAIN, "--yes"]]) {
    const { disk } = await journaled();
    const tool = new DiskProcess(disk);
    const calls = tool.watch();
    const { code } = await runTool(tool, ...args);
    assert.equal(code, 0);
    const removal = calls.lastIndexOf(`unlink ${JOURNAL}`);
    assert.ok(removal >= 0);
    assert.ok(calls.indexOf(`syncDirectory ${DIRECTORY}`, removal) > removal, args[0]);
  }
});

test(
  "P4 J3 a sync that fails after the journal's removal leaves it open, and says so",
  async () => {
    const { disk, process, store } = await journaled();
    let isRemoved = false;
    process.system.before = (call) => void (isRemoved ||= isRemoval(call));
    const failure = {
      when: ({ name }: { name: string }) => isRemoved && name === "syncDirectory",
      code: "EIO",
      once: true,
    };
    process.fail(failure);
    await assert.rejects(store.deleteDurable(queue(1)), {
      name: "OffsetPersistError",
      onDisk: "either",
    });
    process.restore();
    store.update(queue(0), 3, true);
    await store.deleteDurable(queue(1));
    await expectLoadedAfterPowerCuts(disk, tableOf(3));
  },
);

/** A kill at each call of an operation: what is found then, and after one more session. */
async function expectNoLitter(
  operate: (store: Awaited<ReturnType<typeof journaled>>["store"]) => Promise<void>,
  results: readonly string[],
): Promise<void> {
  await atEachCall(async (moment) => {
    const { disk, process, store } = await journaled();
    let kill = () => {};
    const killed = new Promise<void>((resolve) => kill = resolve);
    moment.arm(process, () => {
      kill();
      return new Promise(() => {});
    });
    await Promise.race([killed, operate(store)]);
    const { loadOutcome, ...found } = await new DiskProcess(disk).open().then((store) => ({
      loadOutcome: store.loadOutcome,
      table: store.snapshot(),
    }));
    assert.ok(results.includes(inWords(found.table)), `${moment}: ${inWords(found.table)}`);
    assert.deepEqual(loadOutcome.faults, [], `${moment}`);
    await expectLoaded(disk, found.table, `${moment}`, { journal: true });
  });
}

test("J3 a kill at any call of a deletion leaves nothing to complain of, and no file aside", async () => {
  await expectNoLitter((store) => store.deleteDurable(queue(1)), ["0:1 1:2", "0:1"]);
});

test(
  "J3 a kill at any call of a close that lowers leaves nothing to complain of",
  async () => {
    await expectNoLitter(async (store) => {
      store.update(queue(1), 1, false);
      await store.close();
    }, ["0:1 1:2", "0:1 1:1"]);
  },
);

test("J3 a kill at any call of a close that raises leaves nothing to complain of", async () => {
  await expectNoLitter(async (store) => {
    store.update(queue(1), 7, true);
    await store.close();
  }, ["0:1 1:2", "0:1 1:7"]);
});
