/** A stat by the runtime's own interface tells what `node:fs` tells. */
import assert from "node:assert/strict";
import { type BigIntStats, statSync } from "node:fs";
import { chmod, mkdir, symlink, utimes } from "node:fs/promises";
import { test } from "node:test";
import { type DenoStat, statNow, statOf, toInfo } from "../../src/file/stat_now.ts";
import { StoreDirectory } from "../support/store_directory.ts";

const byNode = (path: string) => toInfo(statSync(path, { bigint: true }));

/** A runtime whose stat tells what `node:fs` does, but for what is given. */
function runtimeWith(replaced: Partial<ReturnType<DenoStat["statSync"]>>): { Deno: DenoStat } {
  const numbers = ({ dev, ino, size, mode, uid, gid }: BigIntStats) => ({
    dev: Number(dev),
    ino: Number(ino),
    size: Number(size),
    mode: Number(mode),
    uid: Number(uid),
    gid: Number(gid),
  });
  return {
    Deno: {
      statSync: (path) => ({
        ...numbers(statSync(path, { bigint: true })),
        mtime: statSync(path).mtime,
        ...replaced,
      }),
    },
  };
}

test("P9 a stat tells what node:fs tells: of a file, a directory, and where a link leads", async () => {
  await using at = await StoreDirectory.make({ file: "text", empty: "", executable: "" });
  await mkdir(at.path("directory"));
  await symlink("file", at.path("link"));
  await chmod(at.path("executable"), 0o4751);
  // Exact to the millisecond, which is what the coarsest runtime tells, and in binary.
  await utimes(at.path("empty"), 1e9, 1_234_567_890.5);
  for (const name of ["file", "empty", "executable", "directory", "link"]) {
    assert.deepEqual(statNow(at.path(name)), byNode(at.path(name)), name);
  }
  assert.equal(statNow(at.path("executable")).mode, 0o751);
  assert.equal(statNow(at.path("empty")).mtimeNs, 1_234_567_890_500_000_000n);
  assert.deepEqual(statOf(runtimeWith({}))(at.path("empty")), byNode(at.path("empty")));
});

test("P9 what is not there, or cannot be, is the error that node:fs has for it", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await symlink("circle", at.path("circle"));
  const codes = { none: "ENOENT", "file/none": "ENOTDIR", circle: "ELOOP" };
  for (const [name, code] of Object.entries(codes)) {
    let expected: unknown;
    try {
      statSync(at.path(name));
    } catch (error) {
      expected = error;
    }
    assert.throws(() => statNow(at.path(name)), (error) => {
      assert.equal((error as { code?: string }).code, code);
      assert.equal((error as Error).message, (expected as Error).message);
      return true;
    });
  }
});

test("P9 where Deno has not everything, node:fs is asked", async () => {
  await using at = await StoreDirectory.make({ file: "text" });
  const path = at.path("file");
  assert.equal(statOf(runtimeWith({ size: 77 }))(path).size, 77n, "Deno is asked first");
  for (const field of ["ino", "mtime", "mode", "uid", "gid"]) {
    assert.deepEqual(statOf(runtimeWith({ size: 77, [field]: null }))(path), byNode(path), field);
  }
  assert.deepEqual(statOf({})(path), byNode(path));
});
