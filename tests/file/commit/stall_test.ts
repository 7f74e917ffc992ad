/** A process that is stalled half-way in a persist, while another one persists and merges. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { diskWith } from "../../../scripts/verify/disk/prepare.ts";
import { wrap } from "../../../scripts/verify/disk/replace_calls.ts";
import type { SimulatedDisk } from "../../../scripts/verify/disk/simulated_disk.ts";
import { SimulatedFileSystem } from "../../../scripts/verify/disk/simulated_file_system.ts";
import { LocalFileOffsetStore, OffsetConflictError, type OpenOptions } from "../../../mod.ts";
import { recover } from "../../../src/file/recovery/recover.ts";
import { type Call, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { byLength } from "../../support/length.ts";
import { queue, tableOf } from "../../support/store_directory.ts";

const MAIN = "/root/c/g/offset.json";

type Options = Pick<OpenOptions, "journal" | "onConflict">;

async function storeOn(disk: SimulatedDisk, timesMs: number | undefined, options: Options) {
  // Pauses take no time: a lock that is waited for is soon taken for a dead process's.
  const faulty = new FaultyFileSystem(wrap(new SimulatedFileSystem(disk, { timesMs }), {}));
  const store = await LocalFileOffsetStore.open({
    ...{ clientId: "c", group: "g", root: "/root", fileSystem: faulty.fileSystem },
    ...options,
  });
  return { store, faulty };
}

/** Persists by turns, the last time with a stall before the n-th call; answers that call. */
async function stalledAt(
  number: number,
  [ours, theirs]: readonly [Options, Options],
  { persists, timesMs }: { readonly persists: number; readonly timesMs: number | undefined },
) {
  const disk = await diskWith();
  disk.clock += 1_000_000;
  const [stalled, other] = [
    await storeOn(disk, timesMs, ours),
    await storeOn(disk, timesMs, theirs),
  ];
  // A merge raises what memory holds, and brings nothing that it lacks.
  for (const { store } of [stalled, other]) {
    for (const id of [0, 1]) store.update(queue(id), 0, true);
  }
  for (let offset = 1; offset < persists; offset++) {
    stalled.store.update(queue(0), offset, true);
    await stalled.store.persist();
  }
  stalled.store.update(queue(0), 9, true);
  other.store.update(queue(1), 9, true);
  const calls: Call[] = [];
  let stall: Promise<void> | undefined;
  stalled.faulty.before = async (call) => {
    // A beat of the lock may come at any time.
    if (call.name !== "pause" && calls.push(call) === number + 1) stall = other.store.persist();
    await stall;
  };
  const [{ status, reason }] = await Promise.allSettled([stalled.store.persist()]) as [
    PromiseSettledResult<void> & { reason?: unknown },
  ];
  stalled.faulty.before = () => {};
  const loaded = async () => (await recover(new SimulatedFileSystem(disk), MAIN, "relaxed")).table;
  return { calls: calls.slice(number), status, reason, loaded, stores: [stalled, other] };
}

/** Of so many ways to set up two processes that merge, one is tried. */
const ONE_OUT_OF = byLength({ tiny: 7, short: 5, long: 1 });

/** No look helps a process that is stalled between its last one and the rename of main. */
function isTooLate(calls: readonly Call[]): boolean {
  const rename = calls.findIndex(({ name, path }) => name === "rename" && path === MAIN);
  const looks = calls.slice(0, Math.max(rename, 0)).filter(({ name, path }) =>
    name === "stat" && path === MAIN
  );
  return rename !== -1 && looks.length === 0;
}

const JOURNALS = [false, true, { compactAtBytes: 0 }];

for (const timesMs of [undefined, 1, 2000]) {
  const times = timesMs === undefined ? "exact times" : `times of ${timesMs} ms`;

  test(`P9 stalled at any call, by ${times}: both maxima are in the files`, async () => {
    let [ways, stalls] = [0, 0];
    for (const ours of JOURNALS) {
      for (const theirs of JOURNALS) {
        const options = [ours, theirs].map((journal) =>
          ({ journal, onConflict: "merge" }) as const
        ) as [Options, Options];
        for (const persists of [1, 2, 3]) {
          if (ways++ % ONE_OUT_OF !== 0) continue;
          for (let number = 0;; number++) {
            const ended = await stalledAt(number, options, { persists, timesMs });
            const { calls: [call], status, reason, loaded, stores } = ended;
            if (call === undefined) break;
            // The lock is asked last.
            if (call.name === "rename" && call.path === MAIN) continue;
            stalls++;
            const message = `journals ${JSON.stringify([ours, theirs])}, persist ${persists}, ` +
              `stalled before "${call.name} ${call.path}": ${reason}`;
            assert.equal(status, "fulfilled", message);
            const table = await loaded();
            assert.ok(
              table.equals(tableOf(9, 9)),
              `${message} ${JSON.stringify(String([...table]))}`,
            );
            for (const { store } of stores) await store.close();
            assert.ok((await loaded()).equals(tableOf(9, 9)), message);
            for (const { faulty } of stores) {
              assert.deepEqual([faulty.open, faulty.misuses], [[], []], message);
            }
          }
        }
      }
    }
    assert.ok(stalls > 200 / ONE_OUT_OF, `${stalls}`);
  });

  test(`P9 stalled at any call, by ${times}, where nothing is merged: one of both is refused`, async () => {
    let refused = 0;
    for (const journal of JOURNALS) {
      const options = [{ journal, onConflict: "throw" }, { onConflict: "merge" }] as const;
      for (const persists of [2, 3]) {
        for (let number = 0;; number++) {
          const ended = await stalledAt(number, options, { persists, timesMs });
          const { calls, status, reason, loaded, stores } = ended;
          const [call] = calls;
          if (call === undefined) break;
          if (isTooLate(calls)) continue;
          const message = `journal ${JSON.stringify(journal)}, persist ${persists}, ` +
            `stalled before "${call.name} ${call.path}": ${reason}`;
          const table = await loaded();
          assert.equal(table.get(queue(1)), 9n, `${message}: the other's is there`);
          if (status === "fulfilled") assert.ok(table.equals(tableOf(9, 9)), message);
          else {
            refused++;
            assert.ok(reason instanceof OffsetConflictError, message);
          }
          for (const { store } of stores) await store.abandon();
        }
      }
    }
    assert.ok(refused > 20, `${refused}`);
  });
}
