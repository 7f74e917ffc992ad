/** Stores that merge into one file at the same time, in any order of their calls. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import type { SimulatedDisk } from "../../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { LocalFileOffsetStore, OffsetConflictError, type OpenOptions } from "../../../mod.ts";
import { recover } from "../../../src/file/recovery/recover.ts";
import { check, inProportion } from "../../support/check.ts";
import { FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { queue } from "../../support/store_directory.ts";

const MAIN = "/root/c/g/offset.json";

/** So that no lock is taken for a dead process's; see stall_test.ts for that. */
const MS_OF_A_TURN = 10;

const seen = { acknowledged: 0, refused: 0 };

/** A store on the disk, whose calls take so many turns of the event loop. */
async function storeOn(
  disk: SimulatedDisk,
  timesMs: number | undefined,
  delays: readonly number[],
  journal: OpenOptions["journal"],
) {
  const faulty = new FaultyFileSystem(wrap(new SimulatedFileSystem(disk, { timesMs }), {}));
  const store = await LocalFileOffsetStore.open({
    ...{ clientId: "c", group: "g", root: "/root", onConflict: "merge", journal },
    fileSystem: faulty.fileSystem,
  });
  let calls = 0;
  faulty.before = async ({ name, path }) => {
    const delay = delays[calls++ % delays.length];
    const turns = name === "pause" ? Math.ceil(Number(path) / MS_OF_A_TURN) : delay;
    for (let n = turns; n > 0; n--) await setImmediate();
  };
  return { store, faulty };
}

const journal = fc.constantFrom(false, true, { compactAtBytes: 0 }, { compactAtBytes: 300 });
const delays = fc.array(fc.oneof(fc.nat(3), { weight: 4, arbitrary: fc.nat(1) }), {
  minLength: 1,
  maxLength: 9,
});
const process = fc.record({ journal, delays });
const step = fc.record({
  by: fc.nat(2),
  queueId: fc.nat(2),
  offset: fc.nat(40),
  turns: fc.oneof(fc.constant(0), fc.nat(20)),
});

test("P9 stores that merge at once lose no acknowledged maximum", async () => {
  await check(
    fc.asyncProperty(
      fc.constantFrom(undefined, 1, 1000, 2000),
      fc.array(process, { minLength: 2, maxLength: 3 }),
      fc.array(step, { minLength: 3, maxLength: 14, size: "max" }),
      async (timesMs, processes, steps) => {
        const disk = await diskWith();
        disk.clock += 1_000_000;
        const stores = await Promise.all(
          processes.map(({ journal, delays }) => storeOn(disk, timesMs, delays, journal)),
        );
        // A merge raises what memory holds, and brings nothing that it lacks.
        for (const { store } of stores) {
          for (const id of [0, 1, 2]) store.update(queue(id), 0, true);
        }
        const highest = new Map<number, bigint>();
        const assertThere = async (expected: ReadonlyMap<number, bigint>) => {
          const { table } = await recover(new SimulatedFileSystem(disk), MAIN, "relaxed");
          for (const [id, offset] of expected) {
            const loaded = table.get(queue(id)) ?? -1n;
            assert.ok(loaded >= offset, `${loaded} of queue ${id}, ${offset} was acknowledged`);
          }
        };
        const persists: Promise<void>[] = [];
        const failures: unknown[] = [];
        for (const { by, queueId, offset, turns } of steps) {
          const { store } = stores[by % stores.length];
          store.update(queue(queueId), offset, true);
          const held = store.peek(queue(queueId));
          persists.push(
            store.persist().then(async () => {
              seen.acknowledged++;
              if (held > (highest.get(queueId) ?? -1n)) highest.set(queueId, held);
              await assertThere(highest);
            }, (error) => {
              assert.ok(error instanceof OffsetConflictError, `${error}`);
              seen.refused++;
            }).catch((error) => void failures.push(error)),
          );
          for (let n = turns; n > 0; n--) await setImmediate();
        }
        await Promise.all(persists);
        if (failures.length > 0) throw failures[0];
        for (const { store } of stores) await store.close().catch(() => store.abandon());
        await assertThere(highest);
        for (const { faulty } of stores) {
          assert.deepEqual([faulty.open, faulty.misuses], [[], []]);
        }
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(seen.acknowledged > inProportion(500), JSON.stringify(seen));
});
