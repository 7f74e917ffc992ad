/** When a file counts as the same, unchanged one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type FileInfo,
  isFresh,
  isSameFile,
  isSameInode,
  TICK_MS,
} from "../../../src/file/fs/file_system.ts";

const INFO: FileInfo = {
  dev: 1,
  ino: 2,
  size: 3,
  mtimeMs: 4,
  mode: 0o600,
  uid: 5,
  gid: 6,
};

test("P9 another device, inode, size or time makes another file; nothing else does", () => {
  assert.ok(isSameFile(INFO, { ...INFO }));
  for (const field of ["dev", "ino", "size", "mtimeMs"] as const) {
    const other = { ...INFO, [field]: 9 };
    assert.equal(isSameFile(INFO, other), false, field);
    assert.equal(isSameFile(other, INFO), false, field);
  }
  assert.ok(isSameFile(INFO, { ...INFO, mode: 0o644, uid: 0, gid: 0 }));
});

test("P9 a file that was changed in place is the same one still", () => {
  assert.ok(isSameInode(INFO, { ...INFO, size: 9, mtimeMs: 9 }));
  assert.equal(isSameInode(INFO, { ...INFO, dev: 9 }), false);
  assert.equal(isSameInode(INFO, { ...INFO, ino: 9 }), false);
});

test("P9 no file is the same as no file, and as nothing else", () => {
  assert.ok(isSameFile(undefined, undefined));
  assert.equal(isSameFile(undefined, INFO), false);
  assert.equal(isSameFile(INFO, undefined), false);
});

test("P9 what is not further than a tick from the clock is only just written, whichever is ahead", () => {
  const since = 1_700_000_000_000;
  for (const [distance, expected] of [[0, true], [TICK_MS, true], [TICK_MS + 1, false]] as const) {
    for (const ms of [since - distance, since + distance]) {
      assert.equal(isFresh({ ...INFO, mtimeMs: ms }, since), expected);
      assert.equal(isFresh({ ...INFO, mtimeMs: ms + 0.9 }, since), expected);
    }
  }
});
