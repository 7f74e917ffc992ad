/** A description of a file says what `node:fs` says. */
import assert from "node:assert/strict";
import { type BigIntStats, closeSync, fstatSync, openSync, statSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, symlink, utimes } from "node:fs/promises";
import { createServer } from "node:net";
import process from "node:process";
import { test } from "node:test";
import type { FileInfo } from "../../../src/file/fs/file_info.ts";
import {
  exactInfoOf,
  fstatNow,
  infoOf,
  nodeStat,
  statNow,
} from "../../../src/file/fs/node_stat.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/**
 * Asserts that a description says what `node:fs` says exactly: `dev` and `ino` as numbers or bigints,
 * the time to the microsecond, since a number of milliseconds does not hold all of it.
 */
function assertTells(info: FileInfo | undefined, path: string): void {
  const { dev, ino, mtimeMs, ...others } = exactInfoOf(statSync(path, { bigint: true }));
  assert.ok(info);
  assert.deepEqual({ ...info, mtimeMs }, { dev: info.dev, ino: info.ino, mtimeMs, ...others });
  assert.deepEqual([info.dev, info.ino].map(BigInt), [dev, ino]);
  assert.ok(Math.abs(info.mtimeMs - mtimeMs) <= 1e-3, `${info.mtimeMs - mtimeMs} ms`);
}

test("P9 a stat says what node:fs says: of a file, a directory, and the target of a link", async () => {
  await using at = await StoreDirectory.make({ file: "text", empty: "", executable: "" });
  await mkdir(at.path("directory"));
  await symlink("file", at.path("link"));
  await chmod(at.path("executable"), 0o4751);
  // Half a second is exact in binary, and every runtime tells it.
  await utimes(at.path("empty"), 1e9, 1_234_567_890.5);
  for (const name of ["file", "empty", "executable", "directory", "link"]) {
    assertTells(statNow(at.path(name)), at.path(name));
  }
  assert.equal(statNow(at.path("executable"))?.mode, 0o751);
  assert.equal(statNow(at.path("empty"))?.mtimeMs, 1_234_567_890_500);
});

test("O3 a stat tells regular files, directories and everything else apart", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await mkdir(at.path("directory"));
  const links = { toFile: "file", toDirectory: "directory", toDevice: "/dev/null" };
  for (const [name, target] of Object.entries(links)) await symlink(target, at.path(name));
  const kindOf = (path: string) => statNow(path)?.kind;
  assert.equal(kindOf(at.path("file")), "file");
  assert.equal(kindOf(at.path("toFile")), "file");
  assert.equal(kindOf(at.path("directory")), "directory");
  assert.equal(kindOf(at.path("toDirectory")), "directory");
  if (process.platform === "win32") return;
  assert.equal(kindOf("/dev/null"), "other");
  assert.equal(kindOf(at.path("toDevice")), "other");
  execFileSync("mkfifo", [at.path("fifo")]);
  assert.equal(kindOf(at.path("fifo")), "other");
  const socket = createServer().listen(at.path("socket"));
  await once(socket, "listening");
  assert.equal(kindOf(at.path("socket")), "other");
  socket.close();
  await once(socket, "close");
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

test("P9 a missing name, or a link that leads nowhere, is no file", async () => {
  await using at = await StoreDirectory.make({ file: "" });
  await symlink("none", at.path("link"));
  for (const name of ["none", "none/none", "link"]) {
    assert.equal(statNow(at.path(name)), undefined, name);
  }
});

test("P9 any other error is that of node:fs", async () => {
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

test("P9 a file whose number is beyond 2^53 is described by exact numbers", async () => {
  await using at = await StoreDirectory.make({ file: "text" });
  const path = at.path("file");
  const stats = statSync(path);
  assert.ok(infoOf(stats));
  for (const unsafe of [2 ** 53, -(2 ** 53), 2 ** 64]) {
    for (const field of ["ino", "dev"] as const) {
      const rounded = Object.assign(statSync(path), { [field]: unsafe });
      assert.equal(infoOf(rounded), undefined);
      // A system whose numbers are rounded, unless it is asked for exact ones.
      const ask =
        (exactly: (options: { bigint: true }) => unknown) =>
        (_: unknown, options?: { bigint: true }) => options?.bigint ? exactly(options) : rounded;
      const stat = ask((options) => statSync(path, options)) as typeof statSync;
      const file = openSync(path, "r");
      const fstat = ask((options) => fstatSync(file, options)) as typeof fstatSync;
      const exact = exactInfoOf(statSync(path, { bigint: true }));
      assert.equal(typeof exact.ino, "bigint");
      assert.deepEqual(nodeStat(path, stat), exact);
      assert.deepEqual(fstatNow(file, fstat), exact);
      closeSync(file);
    }
  }
});

test("P9 an exact description keeps the exact numbers of the file, and nothing else of its mode than rights", () => {
  const exact = { dev: 2n ** 53n + 1n, ino: 2n ** 63n + 1n };
  const others = { size: 77n, mtimeNs: 123_456_789n, mode: 0o104751n, uid: 7n, gid: 8n };
  const kind = { isFile: () => true, isDirectory: () => false };
  assert.deepEqual(exactInfoOf({ ...exact, ...others, ...kind } as BigIntStats), {
    kind: "file",
    ...exact,
    size: 77,
    mtimeMs: 123.456789,
    mode: 0o751,
    uid: 7,
    gid: 8,
  });
});

test("P9 an exact time is on a whole millisecond if the file's is", () => {
  const others = {
    ...{ dev: 1n, ino: 2n, size: 3n, mode: 4n, uid: 5n, gid: 6n },
    ...{ isFile: () => true, isDirectory: () => false },
  };
  for (let ms = 0n; ms < 1000n; ms++) {
    const mtimeNs = (1_764_000_000_000n + ms) * 1_000_000n;
    const { mtimeMs } = exactInfoOf({ ...others, mtimeNs } as BigIntStats);
    assert.equal(mtimeMs, 1_764_000_000_000 + Number(ms));
  }
});
