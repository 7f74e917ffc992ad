/** Directories that somebody else has made: they are synced, and they stay. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, serialize } from "../../mod.ts";
import { powerCuts } from "../../scripts/verify/disk/power_cuts.ts";
import { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DIRECTORY, DiskProcess, MAIN, ROOT } from "./disk_process.ts";
import { expectLoadedAfterPowerCuts } from "./expect_loaded.ts";
import { runTool } from "./run_tool.ts";
import { noting } from "../support/noting.ts";

const LEVELS = [ROOT, "/root/c", DIRECTORY];

/** A disk on which another client, which syncs nothing, has made these levels, and perhaps main. */
async function madeByOthers(
  { from, main }: { readonly from: string; readonly main: boolean },
): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const fs = new SimulatedFileSystem(disk);
  for (const level of LEVELS) {
    if (level === from) break;
    await fs.makeDirectory(level);
  }
  for (const directory of ["/", ...LEVELS]) {
    if (directory === from) break;
    await fs.syncDirectory(directory);
  }
  for (const level of LEVELS.slice(LEVELS.indexOf(from))) await fs.makeDirectory(level);
  if (main) {
    const file = await fs.create(MAIN);
    await file.write(new TextEncoder().encode(serialize(tableOf(5))), 0);
    await file.close();
  }
  return disk;
}

for (const from of LEVELS) {
  for (const journal of [false, true]) {
    test(
      `P2 ten persists beside what others made survive every power cut: ${from}, ${journal}`,
      async () => {
        const disk = await madeByOthers({ from, main: true });
        const store = await new DiskProcess(disk).open({ journal });
        for (let offset = 6; offset < 16; offset++) {
          store.update(queue(0), offset, true);
          await store.persist();
        }
        await expectLoadedAfterPowerCuts(disk, tableOf(15));
      },
    );
  }

  test(
    `L6 offsets that open has shown survive every power cut, others having made ${from}`,
    async () => {
      const disk = await madeByOthers({ from, main: true });
      await new DiskProcess(disk).open();
      await expectLoadedAfterPowerCuts(disk, tableOf(5));
    },
  );
}

// The tool is not told the root: it takes the two levels of a store for what lies below it.
for (const from of ["/root/c", DIRECTORY]) {
  test(`P2 an offset that the operator's tool has set survives every power cut: ${from}`, async () => {
    const disk = await madeByOthers({ from, main: true });
    const queue = ["--topic", "orders", "--broker", "broker-a", "--queue", "0"];
    assert.equal(
      (await runTool(new DiskProcess(disk), "set", MAIN, ...queue, "7", "--yes")).code,
      0,
    );
    await expectLoadedAfterPowerCuts(disk, tableOf(7));
  });
}

/** A first persist where others have made the directories from one level on. */
async function firstPersist(from: string): Promise<void> {
  const disk = await madeByOthers({ from, main: false });
  const store = await new DiskProcess(disk).open();
  store.update(queue(0), 6, true);
  await store.persist();
  await expectLoadedAfterPowerCuts(disk, tableOf(6));
}

test("P2 a first persist survives every power cut, others having made what is below the root", async () => {
  await firstPersist("/root/c");
  await firstPersist(DIRECTORY);
});

test(
  "P2 a first persist survives every power cut, others having made the root",
  () => firstPersist(ROOT),
);

/** What a runtime throws where the directory above the root may not be opened. */
const REFUSALS: Record<string, Error> = {
  EACCES: Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" }),
  EPERM: Object.assign(new Error("EPERM: operation not permitted"), { code: "EPERM" }),
  NotCapable: Object.assign(new Error('Requires read access to "/"'), { name: "NotCapable" }),
};

for (const [what, error] of Object.entries(REFUSALS)) {
  test(
    `P2 O5 a root whose parent may not be synced is reported once, and served: ${what}`,
    async () => {
      const disk = await madeByOthers({ from: "/root/c", main: true });
      const seen: Diagnostic[] = [];
      const inner = new SimulatedFileSystem(disk);
      const process = new DiskProcess(disk, {
        async syncDirectory(path) {
          if (path === "/") throw error;
          await inner.syncDirectory(path);
        },
      });
      const store = await process.open({ onDiagnostic: noting(seen) });
      for (const offset of [6, 7]) {
        store.update(queue(0), offset, true);
        await store.persist();
      }
      await store.close();
      assert.equal(seen.length, 1, JSON.stringify(seen));
    },
  );
}

for (const main of [true, false]) {
  for (const code of ["EMFILE", "EIO"]) {
    test(
      `O4 a failed sync removes no directory that others made: ${code}, main ${main}`,
      async () => {
        for (const level of LEVELS) {
          const disk = await madeByOthers({ from: level, main });
          const process = new DiskProcess(disk);
          const inodes = () =>
            Promise.all(LEVELS.map(async (each) => (await process.disk.stat(each))?.ino));
          const before = await inodes();
          const opened: { store?: Awaited<ReturnType<typeof process.open>>; error?: unknown } = {};
          const parent = level === ROOT ? "/" : LEVELS[LEVELS.indexOf(level) - 1];
          const isSync = ({ name, path }: { name: string; path: string }) =>
            name === "syncDirectory" && path === parent;
          process.fail({ when: isSync, code, once: true });
          // The first call that needs the entry rejects: `open`, if it shows offsets, or else a persist.
          opened.store = await process.open().catch((error) => void (opened.error = error));
          opened.store ??= await process.open();
          opened.store.update(queue(0), 6, true);
          await opened.store.persist().catch((error) => void (opened.error ??= error));
          assert.equal((opened.error as { code?: string } | undefined)?.code, code, level);
          await assert.doesNotReject(opened.store.persist(), level);
          assert.deepEqual(await inodes(), before, level);
          await expectLoadedAfterPowerCuts(disk, tableOf(6));
        }
      },
    );
  }
}

test("P2 a directory that this process made, and could not sync, is in the end sure or made anew", async () => {
  for (const parent of ["/", ROOT, "/root/c"]) {
    const disk = new SimulatedDisk();
    const process = new DiskProcess(disk);
    const store = await process.open();
    let hasFailed = false;
    process.system.before = ({ name, path }) => {
      if (hasFailed || name !== "syncDirectory" || path !== parent) return;
      hasFailed = true;
      // From now on, what was pending is in doubt.
      process.disk.failSync(path);
      throw Object.assign(new Error("EIO"), { code: "EIO" });
    };
    store.update(queue(0), 6, true);
    await assert.rejects(store.persist(), { code: "EIO" });
    await store.persist();
    for (const cut of powerCuts(disk)) {
      const again = await new DiskProcess(cut.disk).open();
      assert.equal(again.peek(queue(0)), 6n, `${parent}: ${cut.story().join("; ")}`);
    }
  }
});

test("L6 commands that only look sync nothing", async () => {
  for (const args of [["show", MAIN], ["verify", MAIN], ["diff", MAIN, MAIN]]) {
    const disk = await madeByOthers({ from: ROOT, main: true });
    const tool = new DiskProcess(disk);
    const calls = tool.watch();
    assert.equal((await runTool(tool, ...args)).code, 0);
    assert.deepEqual(calls.filter((call) => /^sync/.test(call)), []);
  }
});
