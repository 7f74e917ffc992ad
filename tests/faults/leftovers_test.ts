/** Temporary files: which process may remove them, and when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OpenOptions } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { withClockAt } from "../support/stopped_clock.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { DIRECTORY, DiskProcess, MAIN } from "./disk_process.ts";
import { atEachCall } from "./each_call.ts";
import { expectLoaded } from "./expect_loaded.ts";
import { runTool } from "./run_tool.ts";
import { filesOf } from "./watched_changes.ts";

/** A process whose store has persisted queue 0 at 1 and 2, and with it queue 1. */
async function writer(options: Partial<OpenOptions> = {}) {
  const process = new DiskProcess(await diskWith());
  const store = await process.open(options);
  for (const offset of [1, 2]) {
    for (const id of [0, 1]) store.update(queue(id), offset, true);
    await store.persist();
  }
  return { process, store, disk: process.disk.disk };
}

/** Processes that only look. */
const MONITORS: Record<string, (disk: SimulatedDisk) => Promise<unknown>> = {
  "opens and closes": async (disk) => {
    const store = await new DiskProcess(disk).open();
    await store.close();
  },
  "opens": (disk) => new DiskProcess(disk).open(),
  "opens to merge, with a journal": async (disk) => {
    const store = await new DiskProcess(disk).open({ onConflict: "merge", journal: true });
    await store.close();
  },
};

/** A writer's persist, while somebody looks before those of its calls that are chosen. */
async function persistWhileWatched(
  options: Partial<OpenOptions>,
  look: (disk: SimulatedDisk) => Promise<unknown>,
  choose: (process: DiskProcess, look: () => Promise<void>) => void,
  story: () => string,
): Promise<void> {
  const { process, store, disk } = await writer(options);
  let error: unknown;
  choose(process, () => look(disk).then(() => {}, (thrown) => void (error = thrown)));
  store.update(queue(0), 3, true);
  await assert.doesNotReject(store.persist(), story());
  store.update(queue(0), 4, true);
  await assert.doesNotReject(store.deleteDurable(queue(1)), story());
  assert.equal(error, undefined, `${story()}: ${error}`);
  process.restore();
  await expectLoaded(disk, tableOf(4), story());
}

for (const [what, look] of Object.entries(MONITORS)) {
  for (const options of [{}, { journal: true }] as { journal?: boolean }[]) {
    const story = `${what} does not disturb a persist: ${JSON.stringify(options)}`;
    test(`P8 a process that ${story}, before each of its calls`, async () => {
      await persistWhileWatched(
        options,
        look,
        (process, look) => process.system.before = look,
        () => "",
      );
    });

    test(`P8 a process that ${story}, before one of its calls`, async () => {
      await atEachCall((moment) =>
        persistWhileWatched(
          options,
          look,
          (process, look) => moment.arm(process, look),
          () => `${moment}`,
        )
      );
    });
  }
}

test("P8 the operator's tool that looks in the middle of a persist does not disturb it", async () => {
  for (const args of [["verify", MAIN], ["show", MAIN], ["rescue", MAIN]]) {
    await atEachCall(async (moment) => {
      const { process, store, disk } = await writer();
      store.update(queue(0), 3, true);
      moment.arm(process, () => runTool(new DiskProcess(disk), ...args));
      await assert.doesNotReject(store.persist(), `${args[0]}: ${moment}`);
      await expectLoaded(disk, tableOf(3, 2), `${args[0]}: ${moment}`);
    });
  }
});

/** What a process leaves that is killed right before it renames the new file over main. */
async function killedBeforeRename() {
  const { process, store, disk } = await writer();
  store.update(queue(0), 3, true);
  await new Promise<void>((resolve) => {
    process.system.before = ({ name, path }) => {
      if (name !== "rename" || path !== MAIN) return;
      resolve();
      return new Promise(() => {});
    };
    void store.persist();
  });
  const leftovers = Object.keys(await filesOf(disk)).filter((name) => name.endsWith(".tmp"));
  assert.ok(leftovers.length > 0);
  return { disk, leftovers };
}

const MINUTE = 60_000;

test("P8 a process that merely opens removes no leftover, however old", async () => {
  const { disk } = await killedBeforeRename();
  const before = await filesOf(disk);
  for (const options of [{}, { journal: true }, { onConflict: "merge" }] as const) {
    const store = await new DiskProcess(disk).open(options);
    await store.read(queue(0), "store");
    assert.deepEqual(await filesOf(disk), before);
  }
});

/** A process by whose clock all files of the disk are years old. */
function later(disk: SimulatedDisk): DiskProcess {
  return new DiskProcess(disk, { now: () => Date.now() });
}

/** A persist at a time by the process's clock; the files of the disk are of 1970. */
async function persistAt(ms: number, disk: SimulatedDisk): Promise<readonly string[]> {
  const process = later(disk);
  await withClockAt(ms, async () => {
    const store = await process.open();
    store.update(queue(0), 4, true);
    await store.persist();
  });
  return Object.keys(await filesOf(disk));
}

test("P8 a persist removes the leftovers of a killed process that are older than a minute", async () => {
  const { disk } = await killedBeforeRename();
  assert.deepEqual(await persistAt(MINUTE + 1000, disk), ["offset.json", "offset.json.bak"]);
});

test("P8 a persist leaves younger leftovers, but for pending backups: main has moved on", async () => {
  const { disk, leftovers } = await killedBeforeRename();
  const names = await persistAt(MINUTE - 1000, disk);
  for (const name of leftovers) {
    assert.equal(names.includes(name), !name.endsWith(".bak.tmp"), name);
  }
});

test(
  "P8 leftovers are removed before anything is written: a full disk needs their room",
  async () => {
    const { disk, leftovers } = await killedBeforeRename();
    const process = later(disk);
    const calls = process.watch();
    const store = await process.open();
    store.update(queue(0), 4, true);
    await store.persist();
    for (const name of leftovers) {
      const removal = calls.indexOf(`unlink ${DIRECTORY}/${name}`);
      const writing = calls.findIndex((call) => call.startsWith("write "));
      assert.ok(removal >= 0 && removal < writing, calls.join("\n"));
    }
  },
);

test("P8 L2 beside a bad or a missing main, leftovers stay until a new main is written", async () => {
  for (const damage of ["bad", "missing"]) {
    const { disk, leftovers } = await killedBeforeRename();
    const process = new DiskProcess(disk);
    await process.disk.unlink(MAIN);
    if (damage === "bad") await process.disk.create(MAIN);
    const calls = process.watch();
    const store = await process.open();
    store.update(queue(0), 4, true);
    await store.persist();
    const renamed = calls.indexOf(`rename ${MAIN}`);
    for (const name of leftovers) {
      const removal = calls.indexOf(`unlink ${DIRECTORY}/${name}`);
      assert.ok(removal === -1 || removal > renamed, name);
    }
  }
});

/** Kills a process at each call of a deletion and a persist; two persists later, expects no litter. */
async function killAtEachCall(options: Partial<OpenOptions>): Promise<void> {
  await atEachCall(async (moment) => {
    const { process, store, disk } = await writer(options);
    store.update(queue(0), 3, true);
    await new Promise<void>((resolve) => {
      moment.arm(process, () => {
        resolve();
        return new Promise(() => {});
      });
      void store.deleteDurable(queue(1)).then(() => store.persist()).then(resolve);
    });
    for (const offset of [4, 5]) {
      const next = await later(disk).open({ onConflict: "merge" });
      next.update(queue(0), offset, true);
      await next.persist();
    }
    const names = Object.keys(await filesOf(disk));
    assert.deepEqual(names, ["offset.json", "offset.json.bak"], `${moment}`);
  });
}

test("P8 a kill at any call leaves nothing that the next two persists do not remove", async () => {
  await killAtEachCall({});
  await killAtEachCall({ onConflict: "merge" });
});

test(
  "P8 J3 a kill at any call leaves nothing that the next two persists do not remove: journal",
  () => killAtEachCall({ journal: true }),
);
