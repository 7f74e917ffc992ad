/** The operator's tool changes a store whose consumer is at work, against all advice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalFileOffsetStore, OpenOptions } from "../../mod.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import { queue } from "../support/store_directory.ts";
import { DIRECTORY, DiskProcess, MAIN } from "./disk_process.ts";
import { atEachCall, type Moment } from "./each_call.ts";
import { inWords } from "./expect_loaded.ts";
import { runTool } from "./run_tool.ts";

const SET = [
  "set",
  MAIN,
  "--topic",
  "orders",
  "--broker",
  "broker-a",
  "--queue",
  "1",
  "7",
  "--yes",
];

/** A consumer that has persisted queues 0 and 1 so often, the last time at 3. */
async function consumer(persists: number, options: Partial<OpenOptions>) {
  const process = new DiskProcess(await diskWith());
  const store = await process.open(options);
  for (let offset = 4 - persists; offset <= 3; offset++) {
    store.update(queue(0), offset, true);
    store.update(queue(1), offset, true);
    await store.persist();
  }
  return { process, store };
}

/** The consumer raises queue 0 to 9. */
async function raise(store: LocalFileOffsetStore): Promise<Error | undefined> {
  store.update(queue(0), 9, true);
  return await store.persist().then(() => undefined, (error) => error);
}

/**
 * Expects that everything acknowledged to the consumer and the operator is there, or that both get
 * an error: a journal that was moved aside is in a file, and the process that moved it has said so.
 */
async function expectNothingLost(
  { process, store, error, code }: {
    readonly process: DiskProcess;
    readonly store: LocalFileOffsetStore;
    /** Why the consumer's persist failed. */
    readonly error: Error | undefined;
    /** What the tool answered. */
    readonly code: number;
  },
  moment: Moment,
  /** What the other one did at that moment. */
  acts: readonly string[],
): Promise<void> {
  const table = (await new DiskProcess(process.disk.disk).open()).snapshot();
  const what = `${moment}: ${inWords(table)}, tool ${code}, consumer ${error?.name ?? "well"}`;
  if (code === 0 && table.get(queue(1)) !== 7n) {
    assert.ok(moment.hides(acts), what);
  }
  if (error === undefined && table.get(queue(0)) !== 9n) {
    const names = await process.disk.readDirectory(DIRECTORY);
    const isKept = code !== 0 && names.some((name) => name.includes(".journal.corrupt-"));
    assert.ok(moment.hides(acts) || isKept, what);
    assert.equal((await raise(store))?.name, "OffsetConflictError", what);
  }
}

const VARIANTS: Record<string, [number, Partial<OpenOptions>]> = {
  "appends to its journal": [2, { journal: true }],
  "begins a journal": [1, { journal: true }],
  "replaces the file": [1, {}],
};

for (const [what, [persists, options]] of Object.entries(VARIANTS)) {
  test(`P9 P2 the tool changes the file while a consumer ${what}`, async () => {
    await atEachCall(async (moment) => {
      const { process, store } = await consumer(persists, options);
      const tool = new DiskProcess(process.disk.disk);
      const acts = tool.watch();
      let code = 0;
      const act = async () => void ({ code } = await runTool(tool, ...SET));
      moment.arm(process, act);
      const error = await raise(store);
      process.restore();
      if (moment.call === undefined) await act();
      await expectNothingLost({ process, store, error, code }, moment, acts);
    });
  });

  test(`P9 P2 a consumer ${what} while the tool changes the file`, async () => {
    await atEachCall(async (moment) => {
      const { process, store } = await consumer(persists, options);
      const tool = new DiskProcess(process.disk.disk);
      const calls = process.watch();
      let acts: readonly string[] = [];
      let error: Error | undefined;
      moment.arm(tool, async () => {
        error = await raise(store);
        acts = calls.slice();
      });
      const { code } = await runTool(tool, ...SET);
      if (moment.call === undefined) error = await raise(store);
      await expectNothingLost({ process, store, error, code }, moment, acts);
    });
  });
}

test("P9 a consumer learns of a change that the tool has made before", async () => {
  for (const [persists, options] of Object.values(VARIANTS)) {
    const { process, store } = await consumer(persists, options);
    assert.equal((await runTool(new DiskProcess(process.disk.disk), ...SET)).code, 0);
    assert.equal((await raise(store))?.name, "OffsetConflictError");
    const table = (await new DiskProcess(process.disk.disk).open()).snapshot();
    assert.equal(inWords(table), "0:3 1:7");
  }
});
