/** A file system that lacks a call is served, and each such call is reported once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, type FileSystem, nodeFileSystem } from "../../../mod.ts";
import { serveMissingCalls } from "../../../src/file/fs/missing_calls.ts";
import { systemError } from "../../support/faulty_file_system.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

const UNSUPPORTED = ["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"];

/** Serves the real file system with calls replaced; tells what was reported, and how long it paused. */
function serve(replaced: Partial<FileSystem>) {
  const told: string[] = [];
  const pauses: number[] = [];
  const report = (each: Diagnostic) =>
    void told.push(`${each.kind} ${"call" in each && each.call}`);
  const pause = async (ms: number) => void pauses.push(ms);
  const fileSystem = serveMissingCalls({ ...nodeFileSystem, pause, ...replaced }, report);
  return { fileSystem, told, pauses };
}

/** Files whose times cannot be set, for a reason, and that were written at a time. */
function untimed(code: string, mtimeMs: number): Pick<FileSystem, "create"> {
  return {
    async create(path) {
      const file = await nodeFileSystem.create(path);
      return {
        ...file,
        backdate: () => Promise.reject(systemError(code, "futimes")),
        stat: async () => ({ ...await file.stat(), mtimeMs }),
      };
    },
  };
}

test("O5 P9 where times cannot be set, a file waits until the next change gets another one", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  let files = 0;
  for (const code of [...UNSUPPORTED, "EPERM", "EACCES"]) {
    for (const [mtimeMs, least] of [[1_000_000_000_500.5, 20], [1_000_000_000_000, 2000]]) {
      const { fileSystem, told, pauses } = serve(untimed(code, mtimeMs));
      for (let times = 1; times <= 2; times++) {
        const file = await fileSystem.create(at.path(`file ${files++}`));
        await file.backdate();
        await file.close();
        assert.equal(pauses.length, times);
        assert.ok(pauses[times - 1] > least, `${code}: ${pauses}`);
      }
      assert.deepEqual(told, ["call-missing setTimes"]);
    }
  }
});

test("O5 a time that could not be set because the call failed is an error", async () => {
  await using at = await StoreDirectory.make({ other: "" });
  const { fileSystem, told, pauses } = serve(untimed("EIO", 1e12));
  const file = await fileSystem.create(at.path("file"));
  await assert.rejects(file.backdate(), { code: "EIO" });
  await file.close();
  assert.deepEqual([told, pauses], [[], []]);
});

test("O5 a missing sync of directories is reported once, and a failed one is an error", async () => {
  for (const code of UNSUPPORTED) {
    const syncDirectory = () => Promise.reject(systemError(code, "fsync"));
    const { fileSystem, told } = serve({ syncDirectory });
    for (let times = 0; times < 3; times++) await fileSystem.syncDirectory("/");
    assert.deepEqual(told, ["call-missing syncDirectory"]);
  }
  for (const code of ["EIO", "ENOSPC", "EACCES", "EPERM"]) {
    const { fileSystem, told } = serve({
      syncDirectory: () => Promise.reject(systemError(code, "fsync")),
    });
    await assert.rejects(fileSystem.syncDirectory("/"), { code });
    assert.deepEqual(told, []);
  }
});

test("O5 missing links are reported once, a file with too many names is not, and both reject", async () => {
  const news = { EPERM: 1, EXDEV: 1, ENOSYS: 1, EMLINK: 0, EIO: 0, EEXIST: 0 };
  for (const [code, count] of Object.entries(news)) {
    const { fileSystem, told } = serve({ link: () => Promise.reject(systemError(code, "link")) });
    for (let times = 0; times < 2; times++) {
      await assert.rejects(fileSystem.link("/a", "/b"), { code });
    }
    assert.equal(told.length, count, code);
  }
});
