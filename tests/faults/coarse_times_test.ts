/** File systems that tell times in whole seconds, or two: what changes within one is still noticed. */
import assert from "node:assert/strict";
import { type LocalFileOffsetStore, type OpenOptions, serialize } from "../../mod.ts";
import { parseSnapshot } from "../../src/core/format/parse.ts";
import { knownFault } from "../support/known_fault.ts";
import { queue } from "../support/store_directory.ts";
import { CoarseDisk } from "./coarse_disk.ts";
import { type DiskProcess, JOURNAL, MAIN, ROOT } from "./disk_process.ts";
import { inWords } from "./expect_loaded.ts";

const UNITS = { "whole seconds": 1000, "two seconds": 2000 };
/** How far the unit of time has gone when the story begins, and how long a step takes. */
const PACES = [[0, 0], [0, 90], [310, 150], [600, 399], [990, 5], [999, 700]] as const;

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

/** What a process has done with the store when somebody else rewrites main. */
const PASTS: Record<
  string,
  (process: DiskProcess, options: Partial<OpenOptions>) => Promise<LocalFileOffsetStore>
> = {
  "a persist": async (process, options) => {
    const store = await process.open(options);
    store.update(queue(0), 10, true);
    store.update(queue(1), 10, true);
    await store.persist();
    return store;
  },
  "a load": async (process, options) => {
    const first = await process.open(options);
    first.update(queue(0), 10, true);
    first.update(queue(1), 10, true);
    await first.persist();
    return await process.open(options);
  },
};

/** Somebody rewrites main in place, raising queue 0, so soon after our store has persisted or loaded. */
async function rewriteWithin(
  unitMs: number,
  [phaseMs, stepMs]: readonly [number, number],
  past: (typeof PASTS)[string],
  options: Partial<OpenOptions>,
): Promise<void> {
  const coarse = new CoarseDisk(unitMs, phaseMs);
  await coarse.run(async () => {
    const process = coarse.process();
    await process.disk.makeDirectory(ROOT);
    const store = await past(process, { checksum: false, ...options });
    coarse.pass(stepMs);
    await rewrite(process, 10, 17);
    coarse.pass(stepMs);
    store.update(queue(1), 20, true);
    const error = await store.persist().then(() => undefined, (error) => error);
    const table = (await coarse.process().open()).snapshot();
    const told = `at ${phaseMs} + ${stepMs} ms, ${error ?? "acknowledged"}: ${inWords(table)}`;
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
        knownFault(
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
    knownFault(
      `P9 a journal that is removed within one tick of the file system is missed at once: ${unit}, ${onConflict}`,
      async () => {
        for (const [phaseMs, stepMs] of PACES) {
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
            for (let persists = 0; persists < 200; persists++) {
              const error = await persist().then(() => undefined, (error) => error);
              const found = (await coarse.process().open()).peek(queue(0));
              const told = `persist ${persists} after it, at ${phaseMs} + ${stepMs} ms: ${error}`;
              if (error === undefined) assert.equal(found, BigInt(offset), told);
              else break;
              if (persists % 20 === 0) coarse.pass(50);
            }
          });
        }
      },
    );
  }
}
