/** While a large store is opened, read and merged, others have their turns. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import type { LocalFileOffsetStore, OpenOptions } from "../../../mod.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const QUEUES = 10_000;

const queueOf = (i: number) => ({ topic: `t${i >> 4}`, brokerName: "b", queueId: i & 15 });

async function countTurns(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isOver = true;
  return turns;
}

async function filled(at: StoreDirectory, options: Partial<OpenOptions>) {
  const store = await at.open({ durability: "relaxed", ...options });
  for (let i = 0; i < QUEUES; i++) store.update(queueOf(i), BigInt(i), true);
  await store.persist();
  return store;
}

async function writeAnother(other: LocalFileOffsetStore, offset: number): Promise<void> {
  other.update(queueOf(1), offset, true);
  await other.persist();
}

for (const format of ["go", "java"] as const) {
  test(`P1 others have their turns while a store of ${format} is opened, read and merged`, async () => {
    await using at = await StoreDirectory.make();
    const options = { format, onConflict: "merge", durability: "relaxed" } as const;
    const store = await filled(at, options);
    let other!: LocalFileOffsetStore;
    const turns = {
      open: await countTurns(async () => other = await at.open(options)),
      read: await countTurns(async () => {
        await writeAnother(other, 1_000_000);
        assert.equal(await store.read(queueOf(1), "store"), 1_000_000n);
      }),
      merge: await countTurns(async () => {
        await writeAnother(other, 2_000_000);
        store.update(queueOf(0), 5, true);
        await store.persist();
      }),
    };
    assert.equal(store.peek(queueOf(1)), 2_000_000n);
    // A large step would take the turns of its parts away.
    for (const [what, count] of Object.entries(turns)) {
      assert.ok(count > 7, `${count} turns while it is to ${what}`);
    }
    assert.ok(turns.merge > 20, `${turns.merge} turns`);
  });
}
