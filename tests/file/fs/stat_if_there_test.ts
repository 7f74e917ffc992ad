/** What is there, by any file system that keeps to the interface. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeFileSystem } from "../../../mod.ts";
import type { FileSystem } from "../../../src/file/fs/file_system.ts";
import { statIfPossible, statIfThere } from "../../../src/file/fs/stat_if_there.ts";
import { systemError } from "../../support/faulty_file_system.ts";

const answering = (stat: FileSystem["stat"]): FileSystem => ({ ...nodeFileSystem, stat });

/** Ways to fail: at once, or later. */
const failing = (error: Error): FileSystem[] => [
  answering(() => {
    throw error;
  }),
  answering(() => Promise.reject(error)),
];

test("P9 nothing is there if that is answered, or is the error, at once or later", async () => {
  const answers = [answering(() => undefined), answering(() => Promise.resolve(undefined))];
  for (const fileSystem of [...answers, ...failing(systemError("ENOENT", "stat"))]) {
    assert.equal(await statIfThere(fileSystem, "path"), undefined);
    assert.equal(await statIfPossible(fileSystem, "path"), undefined);
  }
});

test("L5 any other error is one, unless it does not matter", async () => {
  for (const code of ["EACCES", "ENOTDIR", undefined]) {
    for (const fileSystem of failing(systemError(code, "stat"))) {
      await assert.rejects(async () => await statIfThere(fileSystem, "path"), /stat failed/);
      assert.equal(await statIfPossible(fileSystem, "path"), undefined);
    }
  }
});

test("P9 what is there is described", async () => {
  const info = (await nodeFileSystem.stat("."))!;
  for (const fileSystem of [answering(() => info), answering(() => Promise.resolve(info))]) {
    assert.equal(await statIfThere(fileSystem, "path"), info);
    assert.equal(await statIfPossible(fileSystem, "path"), info);
  }
});
