/** The faults that are crashes; `tests/FAULTS.md` lists all faults. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { explore, type Scenario } from "../../scripts/verify/crash/explore.ts";
import { encode, goPersist } from "../../scripts/verify/crash/peers.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { SimulatedFileSystem } from "../../scripts/verify/disk/simulated_file_system.ts";
import type { World } from "../../scripts/verify/crash/world.ts";
import { MAIN, shippedStore } from "../../scripts/verify/crash/writer.ts";

const QUEUES = 2;
const BOTH = { "offset.json": encode(2, QUEUES), "offset.json.bak": encode(1, QUEUES) };

async function survives(scenario: Partial<Scenario>, minStates: number): Promise<void> {
  const { first, states, violations } = await explore({
    name: "fault",
    writer: shippedStore(QUEUES),
    disk: () => diskWith(BOTH),
    start: { floor: 2, flying: [] },
    work: persistTwice,
    splitRename: false,
    depth: 1,
    ...scenario,
  });
  assert.equal(violations, 0, `${first?.what}\n${first?.story.join("\n")}`);
  assert.ok(states >= minStates, `only ${states} crashes`);
}

async function persistTwice(world: World): Promise<void> {
  const session = await world.open();
  await world.persist(session);
  await world.persist(session);
}

test("F04 a crash at every micro-operation of two persists", async () => {
  await survives({}, 50);
});

test("F05 a rename that falls apart, and a crash between its parts", async () => {
  await survives({ splitRename: true }, 60);
});

test("F07 a corrupt main and a good backup, a persist, and a crash", async () => {
  const disk = () => diskWith({ ...BOTH, "offset.json": encode(2, QUEUES).slice(0, 70) });
  await survives({ disk, start: { floor: 1, flying: [] } }, 50);
});

test("F08 a crash between the link and the rename, and two persists after it", async () => {
  let crashes = 0;
  await survives({
    async work(world) {
      await persistTwice(world);
      // Keep the instants at which main has its second name, as the pending backup.
      const linked: typeof world.moments = [];
      for (const moment of world.moments) {
        const fs = new SimulatedFileSystem(moment.disk);
        const names = await fs.readDirectory("/root/c/g");
        const pending = names.find((name) => name.endsWith(".bak.tmp"));
        const main = await fs.stat(MAIN);
        const backup = await fs.stat(`/root/c/g/${pending ?? "none"}`);
        if (main !== undefined && main.ino === backup?.ino) linked.push(moment);
      }
      crashes = linked.length;
      world.moments.splice(0, world.moments.length, ...linked);
    },
    // Each recovery ends with a persist: at this depth there are two, and a crash in each.
    depth: 2,
  }, 50);
  assert.ok(crashes >= 4);
});

test("F09 a kill, a load, and a power cut: the loaded offsets are still there", async () => {
  await survives({
    disk: async () => {
      const disk = await diskWith({ "offset.json": encode(1, QUEUES) });
      // It was written without any fsync, by a process that was killed right after.
      await goPersist(new SimulatedFileSystem(disk), encode(2, QUEUES));
      return disk;
    },
    async work(world) {
      await world.open();
      // A power cut before the end of the load may take the file back.
      world.moments.splice(0, world.moments.length - 1);
    },
  }, 1);
});

test("F19 a crash during the recovery from a crash during a recovery", async () => {
  const disk = () => diskWith({ ...BOTH, "offset.json": encode(2, QUEUES).slice(0, 70) });
  const work = async (world: World) => void await world.open();
  await survives({ disk, start: { floor: 1, flying: [] }, work, depth: 3 }, 200);
});

test("F26 a crash at every micro-operation of a compaction, and of the one after it", async () => {
  await survives({
    // The journal outgrows its snapshot with the first record.
    writer: shippedStore(QUEUES, { journal: { compactAtBytes: 0 } }),
    async work(world) {
      const session = await world.open();
      // The first persist gives the snapshot its number, and the second one begins a journal.
      await world.persist(session);
      await world.persist(session);
      const journal = world.calls.indexOf(`create ${MAIN}.journal`);
      const begin = world.calls.findIndex((call, i) =>
        i > journal && /^create .*\.tmp$/.test(call)
      );
      assert.ok(journal > 0 && begin < world.calls.indexOf(`unlink ${MAIN}.journal`) && begin > 0);
      // Keep the instants from the beginning of the compaction on.
      world.moments.splice(0, world.moments.findIndex(({ calls }) => calls === begin));
    },
    // Each recovery ends with a persist, and a compaction.
    depth: 2,
  }, 200);
});
