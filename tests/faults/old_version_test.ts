/** Files that version 0.1.0 of this package wrote: they load, and are written on. */
import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { LocalFileOffsetStore, OffsetTable } from "../../mod.ts";
import { queue, StoreDirectory } from "../support/store_directory.ts";
import { run } from "../scripts/offsets_run.ts";

const FIXTURES = new URL("../fixtures/0.1.0/", import.meta.url);

/** What a folder of fixtures holds. */
interface Expected {
  readonly format: "go" | "java";
  readonly kind: string;
  readonly journalRecords: number;
  /** The names of the files about which there is something to say; `null` if that is left open. */
  readonly faults: readonly string[] | null;
  readonly offsets: readonly (readonly [string, string, number, string])[];
}

const CASES = (await readdir(FIXTURES)).sort();

/** A copy of a folder of fixtures, and what is in it. */
async function copyOf(name: string) {
  const folder = new URL(`${name}/`, FIXTURES);
  const at = await StoreDirectory.make();
  await mkdir(at.directory, { recursive: true });
  for (const file of await readdir(folder)) {
    if (file !== "expected.json") await copyFile(new URL(file, folder), at.path(file));
  }
  const text = await readFile(new URL("expected.json", folder), "utf8");
  const expected: Expected = JSON.parse(text);
  const table = OffsetTable.from(
    expected.offsets.map(([topic, brokerName, queueId, offset]) => [
      { topic, brokerName, queueId },
      BigInt(offset),
    ]),
  );
  return { at, expected, table };
}

test("the files of version 0.1.0 are there, in both forms, with and without a journal", () => {
  for (const name of ["go", "go-journal", "go-torn-journal", "java", "java-journal"]) {
    assert.ok(CASES.includes(name), name);
  }
  assert.ok(CASES.length >= 14);
});

for (const name of CASES) {
  test(`L2 L3 J2 J3 version 0.1.0's files load: ${name}`, async () => {
    for (const journal of [false, true]) {
      const { at, expected, table } = await copyOf(name);
      await using _ = at;
      const { format } = expected;
      const store = await at.open({ format, journal });
      assert.ok(store.snapshot().equals(table), [...store.snapshot()].join());
      const { kind, journalRecords, faults } = store.loadOutcome;
      assert.deepEqual([kind, journalRecords], [expected.kind, expected.journalRecords]);
      const paths = expected.faults?.map((fault) => at.path(fault));
      if (paths !== undefined) assert.deepEqual(faults.map(({ path }) => path), paths);
      // It goes on as if nothing had been; what is lowered or deleted stays so.
      const [[first]] = [...table];
      store.update(first, 0, false);
      store.update(queue(99), 99, true);
      await store.persist();
      await store.deleteDurable(queue(99));
      await store.close();
      const again = await at.open({ format });
      assert.ok(again.snapshot().equals(OffsetTable.from([...table, [first, 0n]])));
      assert.deepEqual(again.loadOutcome.faults, []);
    }
  });

  test(`L2 J3 the operator's tool reads version 0.1.0's files: ${name}`, async () => {
    const { at, expected, table } = await copyOf(name);
    await using _ = at;
    const main = at.path(expected.format === "java" ? "offsets.json" : "offset.json");
    if (expected.faults !== null) assert.equal((await run(["verify", main])).code, 0);
    const { code, out } = await run(["show", main, "--json"]);
    assert.equal(code, 0);
    assert.equal(JSON.parse(out).offsets.length, table.size);
    assert.equal((await run(["compact", main, "--yes"])).code, 0);
    const store = await LocalFileOffsetStore.open({
      clientId: "client",
      group: "group",
      root: at.root,
      format: expected.format,
    });
    assert.ok(store.snapshot().equals(table));
    assert.equal(store.loadOutcome.journalRecords, 0);
  });
}
