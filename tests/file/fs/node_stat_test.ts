/** A stat by the runtime's own interface tells what `node:fs` tells. */
import assert from "node:assert/strict";
import { type BigIntStats, closeSync, fstatSync, openSync, type Stats, statSync } from "node:fs";
import { chmod, mkdir, symlink, utimes } from "node:fs/promises";
import { test } from "node:test";
import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import {
  type DenoStat,
  exactInfoOf,
  fstatNow,
  infoOf,
  statNow,
  statOf,
} from "../../../src/file/fs/stat_now.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/** Numbers or bigints; its time to the microsecond, since a number of milliseconds is not exact. */
function assertTells(info: FileInfo | undefined, path: string): void {
  const { dev, ino, mtimeMs, ...others } = exactInfoOf(statSync(path, { bigint: true }));
  assert.ok(info);
  assert.deepEqual({ ...info, mtimeMs }, { dev: info.dev, ino: info.ino, mtimeMs, ...others });
  assert.deepEqual([info.dev, info.ino].map(BigInt), [dev, ino]);
  assert.ok(Math.abs(info.mtimeMs - mtimeMs) <= 1e-3, `${info.mtimeMs - mtimeMs} ms`);
}

/** A runtime whose stat tells what `node:fs` does, but for what is given. */
function runtimeWith(replaced: Partial<ReturnType<DenoStat["statSync"]>>): { Deno: DenoStat } {
  const tell = ({ dev, ino, size, mtime, mode, uid, gid }: Stats) => ({
    ...{ dev, ino, size, mtime, mode, uid, gid },
    ...replaced,
  });
  const errors = { NotFound: class extends Error {} };
  return { Deno: { errors, statSync: (path) => tell(statSync(path)) } };
}

test("P9 a stat tells what node:fs tells: of a file, a directory, and where a link leads", async () => {
  await using at = await StoreDirectory.make({ file: "text", empty: "", executable: "" });
  await mkdir(at.path("directory"));
  await symlink("file", at.path("link"));
  await chmod(at.path("executable"), 0o4751);
  // Exact to the millisecond, which is what the coarsest runtime tells, and in binary.
  await utimes(at.path("empty"), 1e9, 1_234_567_890.5);
  for (const name of ["file", "empty", "executable", "directory", "link"]) {
    assertTells(statNow(at.path(name)), at.path(name));
  }
  assert.equal(statNow(at.path("executable"))?.mode, 0o751);
  assert.equal(statNow(at.path("empty"))?.mtimeMs, 1_234_567_890_500);
});

test("P9 an open file is described as its name is, so that it is the same", async () => {
  await using at = await StoreDirectory.make({ file: "text", other: "" });
  for (const name of ["file", "other"]) {
    const file = openSync(at.path(name), "r");
    assert.deepEqual(fstatNow(file), statNow(at.path(name)));
    closeSync(file);
    assert.throws(() => fstatNow(file), { code: "EBADF" });
  }
});

test("P9 nothing is there where a name is missing, or a link leads nowhere", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await symlink("none", at.path("link"));
  for (const name of ["none", "none/none", "link"]) {
    assert.equal(statNow(at.path(name)), undefined, name);
    assert.equal(statOf({})(at.path(name)), undefined, name);
  }
});

test("P9 what cannot be is the error that node:fs has for it", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await symlink("circle", at.path("circle"));
  const codes = { "file/none": "ENOTDIR", circle: "ELOOP" };
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
  assertTells(statOf(runtimeWith({}))(path), path);
  assert.equal(statOf(runtimeWith({ size: 77 }))(path)?.size, 77, "Deno is asked first");
  for (const field of ["ino", "mtime", "mode", "uid", "gid"]) {
    assertTells(statOf(runtimeWith({ size: 77, [field]: null }))(path), path);
  }
  assertTells(statOf({})(path), path);
});

test("P9 a file whose number is beyond 2^53 is not told by a rounded one", async () => {
  await using at = await StoreDirectory.make({ file: "text" });
  const path = at.path("file");
  const { dev, ino, size, mtimeMs, mode, uid, gid } = statSync(path);
  const numbers = { dev, ino, size, mtimeMs, mode, uid, gid };
  assert.ok(infoOf(numbers));
  for (const unsafe of [2 ** 53, -(2 ** 53), 2 ** 64]) {
    assert.equal(infoOf({ ...numbers, ino: unsafe }), undefined);
    assert.equal(infoOf({ ...numbers, dev: unsafe }), undefined);
    assertTells(statOf(runtimeWith({ size: 77, ino: unsafe }))(path), path);
    // The same of `node:fs`, if it has a file of such a number.
    const told = { ...numbers, size: 77, ino: unsafe };
    const ask = (
      exactly: (options: { bigint: true }) => unknown,
    ) => ((_: unknown, options?: { bigint: true }) => options?.bigint ? exactly(options) : told);
    const stat = ask((options) => statSync(path, options)) as typeof statSync;
    const file = openSync(path, "r");
    const fstat = ask((options) => fstatSync(file, options)) as typeof fstatSync;
    assert.deepEqual(statOf({}, stat)(path), exactInfoOf(statSync(path, { bigint: true })));
    assert.deepEqual(fstatNow(file, fstat), exactInfoOf(statSync(path, { bigint: true })));
    closeSync(file);
  }
});

test("P9 what is told exactly is kept so, but for the kind of file", () => {
  const exact = { dev: 2n ** 53n + 1n, ino: 2n ** 63n + 1n };
  const others = { size: 77n, mtimeNs: 123_456_789n, mode: 0o104751n, uid: 7n, gid: 8n };
  assert.deepEqual(exactInfoOf({ ...exact, ...others } as BigIntStats), {
    ...exact,
    size: 77,
    mtimeMs: 123.456789,
    mode: 0o751,
    uid: 7,
    gid: 8,
  });
});

test("P9 a time that is told exactly is whole milliseconds if it is", () => {
  const others = { dev: 1n, ino: 2n, size: 3n, mode: 4n, uid: 5n, gid: 6n };
  for (let ms = 0n; ms < 1000n; ms++) {
    const mtimeNs = (1_764_000_000_000n + ms) * 1_000_000n;
    const { mtimeMs } = exactInfoOf({ ...others, mtimeNs } as BigIntStats);
    assert.equal(mtimeMs, 1_764_000_000_000 + Number(ms));
  }
});

test("P9 what is called Deno, and has less, is not asked", async () => {
  await using at = await StoreDirectory.make({ file: "text" });
  const { Deno: { statSync } } = runtimeWith({ size: 77 });
  for (
    const part of [{}, { statSync }, { statSync, errors: {} }, { errors: { NotFound: Error } }]
  ) {
    assertTells(statOf({ Deno: part as unknown as DenoStat })(at.path("file")), at.path("file"));
  }
});

test("P9 what Deno does not find is missing, and what fails otherwise is asked of node:fs", async () => {
  await using at = await StoreDirectory.make({ file: "text" });
  const errors = { NotFound: class extends Error {} };
  const failing = (error: unknown) =>
    statOf({
      Deno: {
        errors,
        statSync() {
          throw error;
        },
      },
    })(at.path("file"));
  assert.equal(failing(new errors.NotFound()), undefined);
  assertTells(failing(new Error("not this")), at.path("file"));
});
