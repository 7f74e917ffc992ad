/** The faults that are failing calls for a journal; `tests/FAULTS.md` lists all faults. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, OffsetPersistError, serialize } from "../../mod.ts";
import { generation } from "../../scripts/verify/crash/generations.ts";
import { diskWith, leftByKilled } from "../../scripts/verify/disk/prepare.ts";
import {
  SimulatedFileSystem,
  systemError,
} from "../../scripts/verify/disk/simulated_file_system.ts";
import { wrap, wrapFiles } from "../../scripts/verify/disk/replace_calls.ts";
import { MAIN, shippedStore } from "../../scripts/verify/crash/writer.ts";
import { noting } from "../support/noting.ts";

const QUEUES = 2;
const JOURNAL = `${MAIN}.journal`;
/** A main that a journal may extend. */
const numbered = serialize(generation(1, QUEUES), { generation: 1 });
const told: Diagnostic[] = [];
const writer = shippedStore(QUEUES, {
  journal: { compactAtBytes: 600 },
  onDiagnostic: noting(told),
});

async function names(fs: SimulatedFileSystem): Promise<string[]> {
  return (await fs.readDirectory("/root/c/g")).sort();
}

/** The calls that begin a journal, and those that write a record. */
const calls: [call: "create" | "write" | "syncData", code: string][] = [
  ["create", "EMFILE"],
  ["create", "EROFS"],
  ["write", "ENOSPC"],
  ["syncData", "EIO"],
];

for (const [call, code] of calls) {
  for (const persists of [1, 2]) {
    if (call === "create" && persists === 2) continue;
    test(`F25 ${code} from the ${call} of record ${persists}: nothing is lost, and the next persist succeeds`, async () => {
      const fs = new SimulatedFileSystem(await diskWith({ "offset.json": numbered }));
      let isBroken = false;
      const breaks = (each: string, path: string) => isBroken && each === call && path === JOURNAL;
      const error = systemError(code, call, JOURNAL);
      const files = wrapFiles(fs, (file, path) => ({
        async write(bytes, position) {
          if (!breaks("write", path)) return await file.write(bytes, position);
          await file.write(bytes.subarray(0, 50), position);
          throw error;
        },
        async syncData() {
          if (breaks("syncData", path)) throw error;
          await file.syncData();
        },
      }));
      const create = (path: string) =>
        breaks("create", path) ? Promise.reject(error) : files.create(path);
      const session = await writer.open({ ...files, create });
      if (persists === 2) await session.persist(2);
      isBroken = true;
      await assert.rejects(session.persist(persists + 1), (error) => {
        assert.ok(error instanceof OffsetPersistError);
        const onDisk = persists === 1 ? "previous" : "either";
        assert.deepEqual([error.code, error.onDisk], [code, onDisk]);
        return true;
      });
      const { generation } = await writer.open(new SimulatedFileSystem(fs.disk.clone()));
      assert.ok(generation === persists || call === "syncData" && generation === persists + 1);
      // A snapshot follows what may have been written; a journal that could not be made is tried again.
      if (call === "create") isBroken = false;
      await session.persist(persists + 1);
      const second = call === "create" ? "offset.json.journal" : "offset.json.bak";
      assert.deepEqual(await names(fs), ["offset.json", second]);
      assert.equal((await writer.open(fs)).generation, persists + 1);
    });
  }
}

test("F25 a journal that cannot be removed is reported, and never applied to what holds it", async () => {
  const fs = new SimulatedFileSystem(await leftByKilled(3));
  const session = await writer.open(wrap(fs, {
    unlink: (path) =>
      path === JOURNAL ? Promise.reject(systemError("EACCES", "unlink", path)) : fs.unlink(path),
  }));
  told.length = 0;
  await session.persist(4);
  assert.deepEqual(told.map(({ kind, path }) => [kind, path]), [["cleanup-failed", JOURNAL]]);
  const again = await writer.open(fs);
  assert.deepEqual([again.generation, again.outcome], [4, `loaded from ${MAIN}`]);
});
