/** The checksum covers what the file says, in Java's form too, where it is that of another text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { queue, StoreDirectory } from "../../support/store_directory.ts";

test("S5 J4 in Java's form too, the checksum covers what the journal had", async () => {
  await using directory = await StoreDirectory.make();
  const store = await directory.open({ format: "java", checksum: true, journal: true });
  for (const topic of ["a", "b"]) store.update(queue(0, topic), 1, true);
  await store.persist();
  store.update(queue(0, "a"), 2, true);
  await store.persist();
  store.update(queue(0, "b"), 3, true);
  await store.close();
  assert.deepEqual([...await directory.table("offsets.json")], [
    [queue(0, "a"), 2n],
    [queue(0, "b"), 3n],
  ]);
});

test("S5 P9 in Java's form too, the checksum covers what was merged", async () => {
  await using directory = await StoreDirectory.make();
  const options = { format: "java", checksum: true, onConflict: "merge" } as const;
  const store = await directory.open(options);
  for (const topic of ["a", "b"]) store.update(queue(0, topic), 1, true);
  await store.persist();
  const other = await directory.open(options);
  other.update(queue(0, "a"), 2, true);
  await other.close();
  store.update(queue(0, "b"), 3, true);
  await store.close();
  assert.deepEqual([...await directory.table("offsets.json")], [
    [queue(0, "a"), 2n],
    [queue(0, "b"), 3n],
  ]);
});
