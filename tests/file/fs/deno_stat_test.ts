/** Deno's own stat says what `node:fs` says, or leaves it to `node:fs`. */
import assert from "node:assert/strict";
import { type Stats, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { type DenoStat, denoStatOf } from "../../../src/file/fs/deno_stat.ts";
import { nodeStat } from "../../../src/file/fs/node_stat.ts";
import { StoreDirectory } from "../../support/store_directory.ts";

/** A runtime whose stat says what `node:fs` says, but for what is given. */
function runtimeWith(replaced: Partial<ReturnType<DenoStat["statSync"]>>): { Deno: DenoStat } {
  const describe = (stats: Stats) => {
    const { dev, ino, size, mtime, mode, uid, gid } = stats;
    const kind = { isFile: stats.isFile(), isDirectory: stats.isDirectory() };
    return { ...kind, dev, ino, size, mtime, mode, uid, gid, ...replaced };
  };
  const errors = { NotFound: class extends Error {} };
  return { Deno: { errors, statSync: (path) => describe(statSync(path)) } };
}

test("P9 Deno's stat says what node:fs says, to the millisecond", async () => {
  await using at = await StoreDirectory.make({ file: "text" });
  await mkdir(at.path("directory"));
  const real = denoStatOf(globalThis as { readonly Deno?: DenoStat });
  for (const stat of [denoStatOf(runtimeWith({}))!, real]) {
    if (stat === undefined) continue;
    for (const path of [at.path("file"), at.path("directory"), "/dev/null"]) {
      const info = stat(path);
      const expected = nodeStat(path);
      assert.ok(info !== undefined && info !== "unknown" && expected !== undefined);
      assert.deepEqual({ ...info, mtimeMs: 0 }, { ...expected, mtimeMs: 0 });
      assert.ok(Math.abs(info.mtimeMs - expected.mtimeMs) < 1);
    }
    assert.equal(stat(at.path("none")), stat === real ? undefined : "unknown");
  }
});

test("P9 where Deno does not have everything, node:fs must tell", () => {
  for (const field of ["ino", "mtime", "mode", "uid", "gid"]) {
    assert.equal(denoStatOf(runtimeWith({ [field]: null }))!("/"), "unknown", field);
  }
  for (const unsafe of [2 ** 53, -(2 ** 53), 2 ** 64]) {
    for (const field of ["ino", "dev"]) {
      assert.equal(denoStatOf(runtimeWith({ [field]: unsafe }))!("/"), "unknown", field);
    }
  }
});

test("P9 a thing that is called Deno and has less is not asked", () => {
  const { Deno: { statSync } } = runtimeWith({});
  const parts = [{}, { statSync }, { statSync, errors: {} }, { errors: { NotFound: Error } }];
  for (const part of parts) {
    assert.equal(denoStatOf({ Deno: part as unknown as DenoStat }), undefined);
  }
  assert.equal(denoStatOf({}), undefined);
});

test("P9 a file that Deno does not find is missing; of other errors node:fs must tell", () => {
  const errors = { NotFound: class extends Error {} };
  const failing = (error: unknown) => {
    const statSync = () => {
      throw error;
    };
    return denoStatOf({ Deno: { errors, statSync } })!("/");
  };
  assert.equal(failing(new errors.NotFound()), undefined);
  assert.equal(failing(new Error("not this")), "unknown");
});
