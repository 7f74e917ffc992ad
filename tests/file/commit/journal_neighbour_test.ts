/** A journal, and other processes. */
import assert from "node:assert/strict";
import { stat, utimes } from "node:fs/promises";
import { test } from "node:test";
import { nodeFileSystem, OffsetConflictError, OffsetTable, serialize } from "../../../mod.ts";
import { JOURNAL, journaled } from "../../support/journaled.ts";
import { withClockAt } from "../../support/stopped_clock.ts";
import { queue, StoreDirectory, tableOf } from "../../support/store_directory.ts";

test("P9 a store that did not write the journal notices a record in it", async () => {
  const main = serialize(tableOf(1, 1), { generation: 3 });
  await using at = await StoreDirectory.make({ "offset.json": main });
  const other = await at.open();
  const store = await at.open({ journal: true });
  store.update(queue(0), 2, true);
  await store.persist();
  assert.ok((await at.table()).equals(tableOf(1, 1)), "main is the one that both have loaded");
  other.update(queue(1), 5, true);
  await assert.rejects(other.persist(), OffsetConflictError);
  assert.equal(await other.read(queue(0), "store"), 2n);
  const merging = await at.open({ onConflict: "merge" });
  store.update(queue(0), 3, true);
  await store.persist();
  merging.update(queue(1), 6, true);
  await merging.persist();
  assert.ok((await at.table()).equals(tableOf(3, 6)));
  store.update(queue(0), 4, true);
  await assert.rejects(store.persist(), OffsetConflictError);
});

test("P9 two merging stores, both with a journal, lose no maximum", async () => {
  await using at = await StoreDirectory.make();
  const [a, b] = await Promise.all(
    [1, 2].map(() => at.open({ journal: true, onConflict: "merge" })),
  );
  for (let offset = 1; offset <= 6; offset++) {
    a.update(queue(0), offset, true);
    await a.persist();
    b.update(queue(1), 10 * offset, true);
    await b.persist();
  }
  await a.close();
  await b.close();
  assert.ok((await at.table()).equals(OffsetTable.from([[queue(0), 6], [queue(1), 60]])));
});

test("P9 a record of another process is noticed, however soon after a load", async () => {
  const now = 1_700_000_000_000;
  await withClockAt(now, async () => {
    await using at = await StoreDirectory.make();
    const theirs = await journaled(at);
    // At one tick of the clock, in a journal that has room: neither time nor size tells.
    const persistAtOnce = async (offset: number) => {
      const { size } = await stat(at.path(JOURNAL));
      theirs.update(queue(0), offset, true);
      await theirs.persist();
      await utimes(at.path(JOURNAL), new Date(now), new Date(now));
      assert.equal((await stat(at.path(JOURNAL))).size, size);
    };
    await persistAtOnce(4);
    const ours = await at.open();
    await persistAtOnce(5);
    ours.update(queue(1), 2, true);
    await assert.rejects(ours.persist(), OffsetConflictError);
    for (const offset of [5, 6, 7]) {
      assert.equal(await ours.read(queue(0), "store"), BigInt(offset));
      await persistAtOnce(offset + 1);
    }
  });
});

test("P9 J3 no journal is begun on a main that was always read just after a change", async () => {
  for (const journal of [true, false]) {
    const main = serialize(tableOf(1), { generation: 3 });
    await using at = await StoreDirectory.make({ "offset.json": main });
    let now = (await stat(at.main)).mtimeMs + 5;
    const pause = async () => {};
    const store = await at.open({
      journal,
      fileSystem: { ...nodeFileSystem, now: () => now, pause },
    });
    store.update(queue(0), 2, true);
    await assert.rejects(
      store.persist(),
      (error) =>
        error instanceof OffsetConflictError && /changed again and again/.test(error.message),
    );
    assert.deepEqual([await at.text("offset.json"), await at.names()], [main, ["offset.json"]]);
    now += 10_000;
    await store.persist();
    await using again = await at.open();
    assert.equal(again.peek(queue(0)), 2n);
  }
});
