/** A load while another process is at work in the same directory. */
import assert from "node:assert/strict";
import { rename, rm } from "node:fs/promises";
import { test } from "node:test";
import { OffsetLoadError } from "../../../mod.ts";
import { type Call, FaultyFileSystem } from "../../support/faulty_file_system.ts";
import { StoreDirectory, tableOf } from "../../support/store_directory.ts";
import { temporaryName } from "../../support/temporary_names.ts";

/** A file system that does something before the first call that matches. */
function interrupted(when: (call: Call) => boolean, act: () => Promise<void>): FaultyFileSystem {
  const faulty = new FaultyFileSystem();
  let acted = false;
  faulty.before = async (call) => {
    if (acted || !when(call)) return;
    acted = true;
    await act();
  };
  return faulty;
}

test("L2 Go's client, between its removal of main and its rename, is not taken for an old state", async () => {
  const others = ["offset.json.bak", "none"];
  const moments = ["readDirectory ", "readFile offset.json.tmp", "readFile offset.json.bak"];
  for (const other of others) {
    for (const moment of moments) {
      await using at = await StoreDirectory.make({
        "offset.json.tmp": tableOf(5),
        [other]: tableOf(1),
      });
      const [name, file] = moment.split(" ");
      const isIt = (call: Call) => call.name === name && call.path.endsWith(file);
      const faulty = interrupted(isIt, () => rename(at.path("offset.json.tmp"), at.main));
      const store = await at.open({ fileSystem: faulty.fileSystem });
      assert.deepEqual(store.loadOutcome, {
        kind: "loaded",
        source: at.main,
        journalRecords: 0,
        faults: [],
        keptAside: [],
      });
      assert.ok(store.snapshot().equals(tableOf(5)));
    }
  }
});

test("L2 a main that turns up torn is not taken for missing", async () => {
  await using at = await StoreDirectory.make({ "offset.json.bak": tableOf(1) });
  const faulty = interrupted(
    ({ name, path }) => name === "readFile" && path.endsWith(".bak"),
    () => at.write("offset.json", ""),
  );
  const { loadOutcome } = await at.open({ fileSystem: faulty.fileSystem });
  assert.equal(loadOutcome.source, `${at.main}.bak`);
  assert.deepEqual(loadOutcome.faults.map(({ reason }) => reason), ["it is empty"]);
});

test("L5 a main that turns up and cannot be examined is an error", async () => {
  await using at = await StoreDirectory.make({ "offset.json.bak": tableOf(1) });
  const faulty = new FaultyFileSystem();
  let reads = 0;
  faulty.faults = [{
    when: ({ name, path }) => name === "readFile" && path === at.main && ++reads === 2,
    code: "EACCES",
  }];
  await assert.rejects(at.open({ fileSystem: faulty.fileSystem }), (error) => {
    assert.ok(error instanceof OffsetLoadError);
    assert.deepEqual([error.path, error.code], [at.main, "EACCES"]);
    return true;
  });
});

test("L2 a leftover that is gone before it is read is passed over", async () => {
  await using at = await StoreDirectory.make({
    [temporaryName(1)]: tableOf(9),
    "offset.json.bak": tableOf(1),
  });
  const faulty = interrupted(
    ({ name, path }) => name === "readFile" && path.endsWith(".tmp"),
    () => rm(at.path(temporaryName(1))),
  );
  const { loadOutcome } = await at.open({ fileSystem: faulty.fileSystem });
  assert.equal(loadOutcome.source, `${at.main}.bak`);
  assert.deepEqual(loadOutcome.faults, [{ path: at.main, reason: "it is missing" }]);
});

test("L4 a bad file that goes before it is kept aside is not kept, and the rest is", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad", "offset.json.bak": "old" });
  const faulty = interrupted(({ name }) => name === "rename", () => rm(at.main));
  const { loadOutcome } = await at.open({ fileSystem: faulty.fileSystem, onCorrupt: "reset" });
  assert.equal(loadOutcome.kind, "reset");
  assert.equal(loadOutcome.keptAside.length, 1);
  assert.match(loadOutcome.keptAside[0], /offset\.json\.bak\.corrupt-/);
  assert.equal(loadOutcome.faults.length, 2);
});

test("L4 a good main that turns up during a reset is loaded", async () => {
  await using at = await StoreDirectory.make({ "offset.json": "bad", "new": tableOf(6) });
  const faulty = interrupted(
    ({ name }) => name === "syncDirectory",
    () => rename(at.path("new"), at.main),
  );
  const store = await at.open({ fileSystem: faulty.fileSystem, onCorrupt: "reset" });
  assert.equal(store.loadOutcome.kind, "loaded");
  assert.equal(store.loadOutcome.source, at.main);
  assert.equal(await at.text(store.loadOutcome.keptAside[0].slice(at.directory.length + 1)), "bad");
  assert.ok(store.snapshot().equals(tableOf(6)));
});
