/** What a store held is durable before it is changed, whatever call a change ends at. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serialize } from "../../mod.ts";
import { canStillRead } from "../../scripts/offsets/writing/change_store.ts";
import { readUndoFiles } from "../../scripts/offsets/undo/undo_files.ts";
import { powerCuts } from "../../scripts/verify/disk/power_cuts.ts";
import { diskWith } from "../../scripts/verify/disk/prepare.ts";
import type { SimulatedDisk } from "../../scripts/verify/disk/simulated_disk.ts";
import { DIRECTORY, DiskProcess, MAIN } from "../faults/disk_process.ts";
import { atEachCall } from "../faults/each_call.ts";
import { inWords } from "../faults/expect_loaded.ts";
import { OwnedDisk, type Ownership, SUPERUSER, type User } from "../faults/owned_disk.ts";
import { runTool } from "../faults/run_tool.ts";
import { tableOf } from "../support/store_directory.ts";

const RESET = ["reset", MAIN, "--to-offset", "7", "--yes"];
const [OLD, NEW] = ["0:1 1:2", "0:7 1:7"];
const files = () => diskWith({ "offset.json": serialize(tableOf(1, 2)) });

/** The table that a store loads from a disk, and those that its undo files hold. */
async function look(disk: SimulatedDisk): Promise<{ table: string; kept: string[] }> {
  const process = new DiskProcess(disk.clone());
  const undo = await readUndoFiles(process.disk, MAIN);
  const kept = undo.flatMap(({ content }) => "table" in content ? [inWords(content.table)] : []);
  return { table: inWords((await process.open()).snapshot()), kept };
}

test("a power cut at any call leaves the table before, or the new one and the table before for undo", async () => {
  const seen = new Set<string>();
  await atEachCall(async (moment) => {
    const tool = new DiskProcess(await files());
    const expect = async () => {
      for (const { disk, story } of powerCuts(tool.disk.disk, 60)) {
        const { table, kept } = await look(disk);
        const what = `${moment}: ${table}, kept ${kept}; ${story().join("; ")}`;
        assert.ok(table === OLD || (table === NEW && kept.includes(OLD)), what);
        seen.add(table);
      }
    };
    moment.arm(tool, expect);
    assert.equal((await runTool(tool, ...RESET)).code, 0);
    tool.restore();
    if (moment.call === undefined) await expect();
  });
  assert.deepEqual([...seen].sort(), [OLD, NEW]);
});

for (const code of ["ENOSPC", "EIO", "EACCES"]) {
  test(`a change whose call fails with ${code} is made, or refused without a trace`, async () => {
    let refusals = 0;
    await atEachCall(async (moment) => {
      const tool = new DiskProcess(await files());
      let failed: string | undefined;
      moment.arm(tool, (call) => {
        failed = call.name;
        tool.fail({ when: (each) => each === call, code });
      });
      const { code: exit, err } = await runTool(tool, ...RESET);
      tool.restore();
      const { table, kept } = await look(tool.disk.disk);
      const what = `${moment}: exit ${exit}, ${table}, kept ${kept}; ${err}`;
      if (exit === 0) return void assert.deepEqual([table, kept], [NEW, [OLD]], what);
      refusals++;
      assert.equal(exit, 3, what);
      if (table === NEW) {
        assert.match(err, /Cannot make sure that/, what);
        assert.deepEqual(kept, [OLD], what);
      } else if (failed !== "unlink") assert.deepEqual([table, kept], [OLD, []], what);
    });
    assert.ok(refusals > 5, `${refusals}`);
  });
}

test("the undo file is durable before anything else is written", async () => {
  const tool = new DiskProcess(await files());
  const calls = tool.watch();
  assert.equal((await runTool(tool, ...RESET)).code, 0);
  const made = calls.findIndex((call) => /^create .*\.undo-/.test(call));
  const synced = calls.findIndex((call, i) => i > made && /^sync .*\.undo-/.test(call));
  const entered = calls.indexOf(`syncDirectory ${DIRECTORY}`, synced);
  const next = calls.findIndex((call) =>
    /^(create|link|rename) /.test(call) && !call.includes(".undo-")
  );
  assert.ok(made >= 0 && made < synced && synced < entered && entered < next, calls.join("\n"));
});

const OWNER = { uid: 1000, gid: 1000 };
const STRANGER: User = { uid: 1001, groups: [1001] };
const COLLEAGUE: User = { uid: 1001, groups: [1000] };

for (
  const [who, user, mode, code] of [
    ["root", SUPERUSER, 0o600, 0],
    ["the owner", { uid: 1000, groups: [1000] }, 0o600, 0],
    ["a stranger", STRANGER, 0o600, 3],
    ["a stranger", STRANGER, 0o640, 3],
    ["a stranger", STRANGER, 0o644, 0],
    ["a colleague", COLLEAGUE, 0o600, 3],
    ["a colleague", COLLEAGUE, 0o660, 0],
  ] as const
) {
  test(`O1 ${who} changes a file with mode ${mode.toString(8)}: ${code === 0 ? "done" : "refused"}`, async () => {
    const owned = await OwnedDisk.make(
      { "offset.json": serialize(tableOf(1, 2)) },
      { "offset.json": { ...OWNER, mode }, ".": { ...OWNER, mode: 0o777 } },
    );
    const process = owned.process(user);
    const { code: exit, err } = await runTool(process, ...RESET);
    assert.equal(exit, code, err);
    const names = await process.disk.readDirectory(DIRECTORY);
    if (code === 0) {
      const { uid } = await owned.ownershipOf("offset.json");
      assert.equal(uid, user.uid === 0 ? OWNER.uid : user.uid);
      assert.equal(names.filter((name) => name.includes(".undo-")).length, 1);
    } else {
      assert.match(err, /its owner, user 1000, could not read it afterwards\n.*as root/);
      assert.deepEqual(names, ["offset.json"]);
      assert.deepEqual(await owned.ownershipOf("offset.json"), { ...OWNER, mode });
    }
  });
}

test("an owner who could not read a file before loses no right", () => {
  const before: Ownership = { ...OWNER, mode: 0o040 };
  assert.ok(canStillRead(before, { uid: 1, gid: 1, mode: 0o600 }));
  assert.ok(!canStillRead({ ...before, mode: 0o400 }, { uid: 1, gid: 1, mode: 0o660 }));
});
