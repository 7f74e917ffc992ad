/** File systems that tell times in whole seconds, or two: what changes within one is still noticed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LocalFileOffsetStore, type OpenOptions, serialize } from "../../mod.ts";
import { parseSnapshot } from "../../src/core/format/parse.ts";
import { byLength } from "../support/length.ts";
import { queue, tableOf } from "../support/store_directory.ts";
import { CoarseDisk } from "./coarse_disk.ts";
import { DIRECTORY, type DiskProcess, JOURNAL, MAIN, ROOT } from "./disk_process.ts";
import { inWords } from "./expect_loaded.ts";

const UNITS = { "whole seconds": 1000, "two seconds": 2000 };
/** How far the unit of time has gone when a story begins, and how long the steps take. */
const PACES = [
  { phaseMs: 0, loadMs: 0, stepMs: 0 },
  { phaseMs: 0, loadMs: 0, stepMs: 90 },
  { phaseMs: 310, loadMs: 100, stepMs: 150 },
  { phaseMs: 600, loadMs: 0, stepMs: 399 },
  { phaseMs: 990, loadMs: 0, stepMs: 5 },
  { phaseMs: 999, loadMs: 1, stepMs: 700 },
  // More than one second, and less than two.
  { phaseMs: 0, loadMs: 1200, stepMs: 300 },
];

/** Somebody rewrites main in place with as many bytes: an offset of two digits becomes another. */
async function rewrite({ disk }: DiskProcess, from: number, to: number): Promise<void> {
  const { bytes } = await disk.readFile(MAIN);
  const text = new TextDecoder().decode(bytes);
  // A main with a generation has a checksum, which must be right again.
  const { generation, checksum } = parseSnapshot(text, undefined);
  const edited = text.replace(`:${from}`, `:${to}`);
  const { table } = parseSnapshot(edited, undefined);
  const changed = checksum === "none" ? edited : serialize(table, { generation, checksum: true });
  assert.ok(changed !== text && changed.length === text.length, text);
  await (await disk.truncate(MAIN)).write(new TextEncoder().encode(changed), 0);
}

/** Within how many persists a removed journal must be missed; half a second passes in all. */
const PERSISTS = byLength({ tiny: 40, short: 200, long: 200 });

const OFFSETS = tableOf(10, 10);

/** Opens a store and persists queues 0 and 1 at 10. */
async function openAndPersist(process: DiskProcess, options: Partial<OpenOptions>) {
  const store = await process.open(options);
  for (const [mq, offset] of OFFSETS) store.update(mq, offset, true);
  await store.persist();
  return store;
}

/** What has happened to main, and how our store knows it, when somebody else rewrites it. */
const PASTS: Record<
  string,
  (
    process: DiskProcess,
    options: Partial<OpenOptions>,
    wait: () => void,
  ) => Promise<LocalFileOffsetStore>
> = {
  "a persist": openAndPersist,
  "a load": async (process, options, wait) => {
    await openAndPersist(process, options);
    wait();
    return await process.open(options);
  },
  "a load of another's file": async (process, options, wait) => {
    for (const directory of ["/root/c", DIRECTORY]) await process.disk.makeDirectory(directory);
    const file = await process.disk.create(MAIN);
    await file.write(new TextEncoder().encode(serialize(OFFSETS)), 0);
    wait();
    return await process.open(options);
  },
};

/** Somebody rewrites main in place, raising queue 0, so soon after our store has persisted or loaded. */
async function rewriteWithin(
  unitMs: number,
  { phaseMs, loadMs, stepMs }: (typeof PACES)[number],
  past: (typeof PASTS)[string],
  options: Partial<OpenOptions>,
): Promise<void> {
  const coarse = new CoarseDisk(unitMs, phaseMs);
  await coarse.run(async () => {
    const process = coarse.process();
    await process.disk.makeDirectory(ROOT);
    const wait = () => coarse.pass(loadMs);
    const store = await past(process, { checksum: false, ...options }, wait);
    coarse.pass(stepMs);
    await rewrite(process, 10, 17);
    coarse.pass(stepMs);
    store.update(queue(1), 20, true);
    const error = await store.persist().then(() => undefined, (error) => error);
    const table = (await coarse.process().open()).snapshot();
    const told = `at ${phaseMs} + ${loadMs} + ${stepMs} ms, ${error ?? "acknowledged"}: ${
      inWords(table)
    }`;
    assert.equal(table.get(queue(0)), 17n, told);
    if (options.onConflict === "merge") assert.equal(error, undefined, told);
    else assert.ok(error !== undefined, told);
    if (error === undefined) assert.equal(table.get(queue(1)), 20n, told);
  });
}

for (const [unit, unitMs] of Object.entries(UNITS)) {
  for (const [what, past] of Object.entries(PASTS)) {
    for (const onConflict of ["throw", "merge"] as const) {
      for (const journal of [false, true]) {
        const story = `${unit}, after ${what}, ${onConflict}, journal ${journal}`;
        test(
          `P9 a rewrite in place within one tick of the file system is noticed: ${story}`,
          async () => {
            for (const pace of PACES) {
              await rewriteWithin(unitMs, pace, past, { onConflict, journal });
            }
          },
        );
      }
    }
  }

  for (const onConflict of ["throw", "merge"] as const) {
    test(
      `P9 a journal that is removed within one tick of the file system is missed at once: ${unit}, ${onConflict}`,
      async () => {
        for (const { phaseMs, stepMs } of PACES) {
          const coarse = new CoarseDisk(unitMs, phaseMs);
          await coarse.run(async () => {
            const process = coarse.process();
            await process.disk.makeDirectory(ROOT);
            const store = await process.open({ journal: true, onConflict });
            let offset = 10;
            const persist = async () => {
              store.update(queue(0), ++offset, true);
              await store.persist();
            };
            for (let persists = 0; persists < 4; persists++) {
              await persist();
              coarse.pass(stepMs);
            }
            await process.disk.unlink(JOURNAL);
            for (let persists = 0; persists < PERSISTS; persists++) {
              const error = await persist().then(() => undefined, (error) => error);
              const found = (await coarse.process().open()).peek(queue(0));
              const told = `persist ${persists} after it, at ${phaseMs} + ${stepMs} ms: ${error}`;
              if (error === undefined) assert.equal(found, BigInt(offset), told);
              else break;
              if (persists % (PERSISTS / 10) === 0) coarse.pass(50);
            }
          });
        }
      },
    );
  }
}
